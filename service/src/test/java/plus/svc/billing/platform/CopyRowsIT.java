package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

/** Rows sent in the binary format come back as they were. */
class CopyRowsIT {

  @RegisterExtension static final Database DATABASE = Database.empty();

  private final Handle handle = DATABASE.jdbi().open();

  @BeforeEach
  void begin() {
    handle.begin();
  }

  @AfterEach
  void forget() {
    handle.rollback();
    handle.close();
  }

  @Test
  void numbersOfAnySizeStayExact() {
    handle.execute("CREATE TABLE numbers (at bigint, value numeric)");
    List<BigDecimal> numbers = new ArrayList<>();
    for (String text :
        List.of(
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "9999",
            "0.0001",
            "0.00001",
            "-0.000000001500",
            "123456789012345678",
            "-999999999999999999",
            "99999999999999999999999.99999999999",
            "1E+20",
            "-1E-20",
            "100000000",
            "0.10000",
            "12345.6789",
            "9223372036854775807")) {
      numbers.add(new BigDecimal(text));
    }
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      numbers.add(
          new BigDecimal(new BigInteger(random.nextInt(160), random), random.nextInt(45))
              .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1)));
    }
    CopyRows.write(
        handle.getConnection(),
        "numbers (at, value)",
        out -> {
          for (int i = 0; i < numbers.size(); i++) {
            out.add((long) i).add(numbers.get(i)).endRow();
          }
        });
    List<String> stored =
        handle.select("SELECT value::text FROM numbers ORDER BY at").mapTo(String.class).list();
    assertThat(stored)
        .isEqualTo(
            numbers.stream()
                .map(n -> (n.scale() < 0 ? n.setScale(0) : n).toPlainString())
                .toList());
  }

  @Test
  void everyTypeComesBack() {
    handle.execute(
        "CREATE TABLE kinds (a integer, b bigint, c uuid, d timestamptz, e text, f bytea,"
            + " g bigint[], h integer[], i bigint[], j timestamptz, k uuid)");
    UUID id = UUID.fromString("11111111-2222-8333-8444-555555555555");
    Instant at = Instant.parse("1999-12-31T23:59:59.123456Z");
    String text = "tab\t, \\N, NUL \0, ü, 🙂";
    CopyRows.write(
        handle.getConnection(),
        "kinds (a, b, c, d, e, f, g, h, i, j, k)",
        out ->
            out.add(-5)
                .add(Long.MIN_VALUE)
                .add(id)
                .add(at)
                .add(text)
                .add(new byte[] {0, -1, 7})
                .add(new long[] {1, -2, Long.MAX_VALUE})
                .add(new int[] {3, -4})
                .add(new long[] {})
                .addNullable((Instant) null)
                .addNull()
                .endRow());
    handle
        .select("SELECT * FROM kinds")
        .map(
            (rs, context) -> {
              assertThat(rs.getInt(1)).isEqualTo(-5);
              assertThat(rs.getLong(2)).isEqualTo(Long.MIN_VALUE);
              assertThat(rs.getObject(3, UUID.class)).isEqualTo(id);
              assertThat(rs.getObject(4, OffsetDateTime.class).toInstant()).isEqualTo(at);
              assertThat(rs.getString(5)).isEqualTo(text.replace('\0', '\uFFFD'));
              assertThat(rs.getBytes(6)).containsExactly(0, -1, 7);
              assertThat(SqlArrays.longs(rs, 7)).containsExactly(1, -2, Long.MAX_VALUE);
              assertThat(SqlArrays.ints(rs, 8)).containsExactly(3, -4);
              assertThat(SqlArrays.longs(rs, 9)).isEmpty();
              assertThat(rs.getObject(10)).isNull();
              assertThat(rs.getObject(11)).isNull();
              return true;
            })
        .one();
  }

  @Test
  void aValueOfAnotherTypeIsRefusedAndTheConnectionStaysUsable() {
    handle.execute("CREATE TABLE narrow (a integer)");
    handle.savepoint("before");
    assertThatThrownBy(
            () -> CopyRows.write(handle.getConnection(), "narrow (a)", out -> out.add(5L).endRow()))
        .isInstanceOf(CopyRows.CopyFailed.class);
    handle.rollbackToSavepoint("before");
    assertThat(handle.select("SELECT count(*) FROM narrow").mapTo(Long.class).one()).isZero();
  }

  @Test
  void manyRowsAreSentInPieces() {
    handle.execute("CREATE TABLE many (a bigint, b text)");
    CopyRows.write(
        handle.getConnection(),
        "many (a, b)",
        out -> {
          for (long i = 0; i < 50_000; i++) {
            out.add(i).add("row " + i).endRow();
          }
        });
    assertThat(
            handle
                .select("SELECT count(*) FROM many WHERE b = 'row ' || a")
                .mapTo(Long.class)
                .one())
        .isEqualTo(50_000);
  }
}
