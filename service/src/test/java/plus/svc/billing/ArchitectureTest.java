package plus.svc.billing;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keeps the picture in the root package's documentation true; packages may be missing, not wrong.
 */
final class ArchitectureTest {

  private static final String ROOT = "plus.svc.billing";
  private static final String PIPELINE = ROOT + ".pipeline";

  /** In the order of the data's way. */
  private static final List<String> STAGES =
      List.of("source", "snapshot", "metering", "rating", "ledger", "readmodel");

  /** What starts work: it knows the rest, and the rest doesn't know it. */
  private static final String[] EDGES = {
    ROOT + ".job..", ROOT + ".ingest..", ROOT + ".admin..", ROOT + ".collector.."
  };

  /** Types that hold or carry money, where binary fractions have no business. */
  private static final String[] MONEY = {
    ROOT + ".quantity..",
    PIPELINE + ".rating..",
    PIPELINE + ".ledger..",
    PIPELINE + ".readmodel..",
    ROOT + ".wallet.."
  };

  private static final JavaClasses SERVICE =
      new ClassFileImporter()
          .importUrl(BillingApplication.class.getProtectionDomain().getCodeSource().getLocation());

  @ParameterizedTest
  @ValueSource(strings = {"source", "snapshot", "metering", "rating", "ledger", "readmodel"})
  void aStageSeesOnlyTheStageBeforeIt(String stage) {
    var visible = new ArrayList<String>();
    visible.add(ROOT + ".quantity..");
    visible.add(ROOT + ".platform..");
    visible.add(inStage(stage));
    var before = STAGES.indexOf(stage) - 1;
    if (before >= 0) {
      visible.add(inStage(STAGES.get(before)));
    } else {
      // The source has nothing before it and makes snapshots.
      visible.add(inStage("snapshot"));
    }
    check(
        noClasses()
            .that()
            .resideInAPackage(inStage(stage))
            .should()
            .dependOnClassesThat(
                resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(visible.toArray(String[]::new))))));
  }

  @Test
  void arithmeticStagesTouchNoDatabaseAndNoNetwork() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(inStage("metering"), inStage("rating"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.jdbi..",
                "org.postgresql..",
                "java.sql..",
                "javax.sql..",
                "java.net..",
                "java.io..",
                "java.nio..",
                "jakarta.ws.rs..",
                "jakarta.servlet..",
                "org.apache.hc..",
                "io.dropwizard..",
                "com.codahale.."));
  }

  @Test
  void quantitiesStandOnTheJdkAlone() {
    check(
        classes()
            .that()
            .resideInAPackage(ROOT + ".quantity..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                ROOT + ".quantity..",
                "java.lang..",
                "java.math..",
                "java.time..",
                "java.util..",
                "java.text..",
                "org.jspecify.."));
  }

  @Test
  void nothingButTheObjectGraphImportsAnEdge() {
    for (var edge : EDGES) {
      check(
          noClasses()
              .that(not(resideInAPackage(edge)).and(not(resideInAPackage(ROOT))))
              .should()
              .dependOnClassesThat()
              .resideInAPackage(edge));
    }
  }

  @Test
  void onlyTheEdgesCallThePipeline() {
    check(
        noClasses()
            .that(
                not(resideInAnyPackage(EDGES))
                    .and(not(resideInAnyPackage(ROOT, PIPELINE, ROOT + ".repair.."))))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(PIPELINE + ".Pipeline"));
  }

  @Test
  void nothingInThePackagesBelowKnowsTheObjectGraph() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT));
  }

  @Test
  void anOptionalIsReturnedAndNeverKeptOrPassed() {
    check(noFields().should().haveRawType(Optional.class));
    check(
        noCodeUnits()
            .that()
            .doNotHaveModifier(SYNTHETIC)
            .should()
            .haveRawParameterTypes(anyElementThat(equivalentTo(Optional.class))));
  }

  @Test
  void noFloatOrDoubleTouchesMoney() {
    check(
        noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(MONEY)
            .should()
            .haveRawType(binaryFraction()));
    check(
        noCodeUnits()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(MONEY)
            .should()
            .haveRawReturnType(binaryFraction())
            .orShould()
            .haveRawParameterTypes(anyElementThat(binaryFraction())));
  }

  /** What the cache says is for whoever looks; nothing that changes an account may hear of it. */
  @Test
  void noMoneyDecisionReadsTheCache() {
    var cached = ROOT + ".wallet.api.CachedReads";
    check(
        noClasses()
            .that(
                not(resideInAnyPackage(ROOT, ROOT + ".config..", ROOT + ".metrics.."))
                    .and(not(resideInAPackage(ROOT + ".wallet.cache..")))
                    .and(not(nameMatching(Pattern.quote(cached) + ".*")))
                    .and(not(nameMatching(".*\\.wallet\\.api\\.WalletFacade"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".wallet.cache.."));
    check(
        noClasses()
            .that(
                not(nameMatching(Pattern.quote(cached) + ".*"))
                    .and(not(nameMatching(".*\\.wallet\\.api\\.(WalletFacade|Queries)"))))
            .should()
            .dependOnClassesThat(nameMatching(Pattern.quote(cached) + ".*")));
    // The facade, which does both, only tells it what changed.
    check(
        noClasses()
            .that(nameMatching(".*\\.wallet\\.api\\.WalletFacade"))
            .should()
            .callMethodWhere(
                target(nameMatching("standing|allowances|means|get|put"))
                    .and(
                        target(
                            owner(
                                resideInAPackage(ROOT + ".wallet.cache..")
                                    .or(equivalentNamed(cached)))))));
  }

  private static DescribedPredicate<JavaClass> equivalentNamed(String name) {
    return nameMatching(Pattern.quote(name) + ".*").forSubtype();
  }

  /** Whoever wants to trust everybody must write it down where a reviewer sees it: here. */
  @Test
  void nobodyTurnsTheChecksOfCertificatesAndNamesOff() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                ".*(NoopHostnameVerifier|TrustAllStrategy|TrustSelfSignedStrategy|UnsafeX509.*)"));
    check(
        noClasses()
            .should()
            .implement(X509TrustManager.class)
            .orShould()
            .implement(HostnameVerifier.class));
    check(
        noClasses()
            .should()
            .callMethodWhere(
                target(nameMatching("with(Unsafe|Dummy|TrustingAll).*|.*[Uu]nsafe.*"))));
  }

  private static String inStage(String stage) {
    return PIPELINE + "." + stage + "..";
  }

  private static DescribedPredicate<JavaClass> binaryFraction() {
    return equivalentTo(double.class)
        .or(equivalentTo(float.class))
        .or(equivalentTo(Double.class))
        .or(equivalentTo(Float.class))
        .as("float or double");
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(SERVICE);
  }
}
