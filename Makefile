# One verb a task; each prints the Maven line it runs.
MVN ?= mvn -B -ntp
DURATION ?= 5m

.DEFAULT_GOAL := help
.PHONY: help build test verify soak fuzz format schema demo bench bench-wallet deploy-test reproducible clean

help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build: ## compile and package all jars, no tests
	$(MVN) package -DskipTests

test: ## tests without I/O, a few seconds
	$(MVN) test

verify: ## every test and every gate, what CI runs
	$(MVN) verify

soak: ## laws and crashes, an hour of them; ARGS="-Djqwik.tries.default=N -Dcrash.rounds=N" makes it shorter or longer
	$(MVN) verify -pl service -am -Dtest=None -Dit.test='LawsIT,CrashIT' \
	    -Djqwik.tries.default=5000 -Dcrash.rounds=30 $(ARGS) \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Djacoco.skip

fuzz: ## give each fuzzer its time, DURATION=10m; what crashes becomes a test input
	$(MVN) verify -pl service -am -Dtest=None -Dit.test=None -Dfuzz.test='*Fuzz' -Dfuzz.duration=$(DURATION) \
	    -Dfuzz.timeout.seconds=0 -Dfuzz.directory=. -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dfailsafe.failIfNoSpecifiedTests=false -Djacoco.skip

format: ## bring the sources into the checked format
	$(MVN) spotless:apply

schema: ## write sql/billing-service-schema.sql anew, after a change to the migrations
	$(MVN) -q verify -pl service -am -Dtest=None -Dit.test=SchemaFileIT -Dschema.write=true \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Djacoco.skip

demo: ## build and run the demo until Ctrl-C
	$(MVN) -q package -DskipTests
	java -jar demo/target/billing-demo.jar

bench: ## measure the write path; ARGS=--quick takes two minutes, ARGS=--grown hours
	$(MVN) -q -pl bench -am package -DskipTests -Pbench -Dbench.args="$(ARGS)"

bench-wallet: ## measure the wallet beside naive transactions; ARGS="--grow=10000,1000000 --soak-minutes=10"
	$(MVN) -q -pl bench -am package -DskipTests -Pbench -Dbench.main=plus.svc.billing.bench.WalletBenchMain -Dbench.args="$(ARGS)"

deploy-test: ## the playbook and the package on a throwaway host with a real systemd; wants root, and mvn package -Prelease before it
	ansible/tests/all

reproducible: ## build twice in two places and compare what is handed out
	.ci/reproducible

clean: ## remove what was built
	$(MVN) clean
