package plus.svc.billing.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opens the executable jars as the build leaves them; they are packaged before this runs. */
final class ExecutableJarsIT {

  /** The repository's root, seen from this module. */
  private static final Path ROOT = Path.of("..");

  private static final Path SERVICE = ROOT.resolve("service/target/billing-service.jar");
  private static final Path ADMIN = ROOT.resolve("admin-cli/target/billing-admin.jar");

  @Test
  void theProductionJarCarriesNoDemoEmulatorOrEmbeddedDatabase() throws IOException {
    assertThat(entries(SERVICE))
        .contains("plus/svc/billing/BillingApplication.class")
        .noneMatch(name -> name.startsWith("plus/svc/billing/demo/"))
        .noneMatch(name -> name.startsWith("plus/svc/billing/emulator/"))
        .noneMatch(name -> name.startsWith("io/zonky/"))
        .noneMatch(name -> name.startsWith("org/testcontainers/"))
        .noneMatch(name -> name.startsWith("org/junit/"))
        .noneMatch(name -> name.endsWith(".txz"));
  }

  @Test
  void theCommandLineCarriesNoDatabaseDriverAndNoService() throws IOException {
    assertThat(entries(ADMIN))
        .noneMatch(name -> name.startsWith("org/postgresql/"))
        .noneMatch(name -> name.startsWith("org/jdbi/"))
        .noneMatch(name -> name.startsWith("io/dropwizard/"))
        .noneMatch(name -> name.startsWith("plus/svc/billing/pipeline/"));
  }

  @ParameterizedTest
  @CsvSource({
    "META-INF/services/io.dropwizard.jackson.Discoverable, io.dropwizard.logging.common.AppenderFactory",
    "META-INF/services/io.dropwizard.logging.common.AppenderFactory, ConsoleAppenderFactory",
    "META-INF/services/io.dropwizard.jetty.ConnectorFactory, HttpsConnectorFactory",
    "META-INF/services/io.dropwizard.core.server.ServerFactory, DefaultServerFactory",
    "META-INF/services/java.sql.Driver, org.postgresql.Driver",
    "META-INF/services/liquibase.database.Database, PostgresDatabase",
    "META-INF/services/liquibase.parser.ChangeLogParser, FormattedSqlChangeLogParser",
    "META-INF/services/com.fasterxml.jackson.databind.Module, ",
    "META-INF/services/io.grpc.ManagedChannelProvider, NettyChannelProvider",
    "META-INF/services/io.grpc.ServerProvider, NettyServerProvider",
    "META-INF/services/io.grpc.NameResolverProvider, DnsNameResolverProvider",
    "META-INF/services/io.grpc.LoadBalancerProvider, PickFirstLoadBalancerProvider",
  })
  void theProductionJarKeepsEveryServiceFile(String file, String implementation)
      throws IOException {
    try (var jar = new JarFile(SERVICE.toFile())) {
      assertThat(text(jar, file)).contains(implementation == null ? "." : implementation);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "service/target/billing-service.jar, plus.svc.billing.BillingApplication",
    "admin-cli/target/billing-admin.jar, plus.svc.billing.cli.BillingAdmin",
    "exporter-emulator/target/exporter-emulator.jar, plus.svc.billing.emulator.EmulatorMain",
    "demo/target/billing-demo.jar, plus.svc.billing.demo.DemoMain",
  })
  void everyExecutableJarNamesItsMainClassAndHasNoSignature(String path, String mainClass)
      throws IOException {
    var file = ROOT.resolve(path);
    try (var jar = new JarFile(file.toFile())) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class")).isEqualTo(mainClass);
      assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release")).isEqualTo("true");
      assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
    }
    assertThat(entries(file)).noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service/target/billing-service.jar",
        "admin-cli/target/billing-admin.jar",
        "exporter-emulator/target/exporter-emulator.jar",
        "demo/target/billing-demo.jar",
      })
  void theMainClassIsInTheJarAndCanBeStarted(String path) throws Exception {
    var file = ROOT.resolve(path);
    String mainClass;
    try (var jar = new JarFile(file.toFile())) {
      mainClass = jar.getManifest().getMainAttributes().getValue("Main-Class");
    }
    // From this jar alone, and nothing is initialised.
    try (var loader =
        new URLClassLoader(
            new URL[] {file.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      var main = Class.forName(mainClass, false, loader).getMethod("main", String[].class);
      assertThat(main).matches(method -> Modifier.isStatic(method.getModifiers()), "is static");
    }
  }

  private static List<String> entries(Path path) throws IOException {
    try (var jar = new JarFile(path.toFile())) {
      return jar.stream().map(ZipEntry::getName).toList();
    }
  }

  private static String text(JarFile jar, String name) throws IOException {
    var entry = jar.getJarEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (var in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
