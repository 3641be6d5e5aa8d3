"""The playbook against a real host: from nothing to collecting, and what can go wrong on the way.

Run as root from anywhere: python3 -m unittest -f ansible/tests/test_deploy.py. The steps build on each other.
"""

import json
import os
import re
import shutil
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(__file__))

from host import REPOSITORY, Host, missing, unpack_postgres, why_not  # noqa: E402

OWNER_PASSWORD = "0wn3r's%25 @/pass"  # as in the URL below
RUNTIME_PASSWORD = "r%un @t$i\"m'e#pa\\ss/w?ö"
RUNTIME_URL_PASSWORD = "r%25un%20@t$i\"m'e%23pa\\ss%2Fw%3Fö"
RUNTIME_URL = f"postgres://billing_runtime:{RUNTIME_URL_PASSWORD}@127.0.0.1:5432/account?sslmode=disable"
OWNER_URL = "postgres://billing_owner:0wn3r's%2525%20%40%2Fpass@127.0.0.1:5432/account?sslmode=disable"
TOKEN = "tok$en\"'#\\`{{%d}}-1"
ADMIN_TOKEN = "admin-token-0123456789-abcdefghijklmnop"
NODE_TOKEN = "node-token-\"$x`-0123456789"
SOURCES = [{"source_id": "jp", "base_url": "http://127.0.0.1:9550", "env": "prod", "node_id": "jp-node",
            "auth_mode": "bearer", "credential_ref": "systemd:jp-token", "enabled": True},
           {"source_id": "späte \"q\" $HOME `x` \\ #", "base_url": "http://127.0.0.1:9551", "env": "prod",
            "node_id": "it's", "auth_mode": "none", "enabled": False}]
SOURCES_JSON = json.dumps(SOURCES, ensure_ascii=False)
REGION = "a \"b\" 'c' $d `e` \\f #g %h; ü {{ i }}"
ENVIRONMENT = {"DATABASE_URL": RUNTIME_URL, "MIGRATION_DATABASE_URL": OWNER_URL, "INTERNAL_SERVICE_TOKEN": TOKEN,
               "BILLING_ADMIN_TOKEN": ADMIN_TOKEN, "EXPORTER_SOURCES_JSON": SOURCES_JSON, "DEFAULT_REGION": REGION}
SECRETS = [OWNER_PASSWORD, "0wn3r's", RUNTIME_PASSWORD, RUNTIME_URL_PASSWORD, "t$i\\\"m'e", TOKEN, "tok$en", ADMIN_TOKEN,
           NODE_TOKEN]
VARIABLES = json.dumps({"billing_service_credentials": {"jp-token": NODE_TOKEN}, "billing_service_health_timeout": 90})


class DeployTest(unittest.TestCase):

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if missing():
            raise AssertionError("missing: " + ", ".join(missing()))
        if why_not():
            print("NOT RUN: this machine can make no host: " + why_not(), file=sys.stderr)
            raise unittest.SkipTest("no host can be made here")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.began = time.monotonic()

    def setUp(self):
        self.since = time.monotonic()

    def tearDown(self):
        print(f"{time.monotonic() - self.since:6.1f} s  {self.id().rpartition('.')[2]}", file=sys.stderr)

    def assertRan(self, ended):
        self.assertEqual(ended.code, 0, ended.out[-6000:])
        return ended

    def changed(self, ended):
        return int(re.search(r"changed=(\d+)", ended.out).group(1))

    def deploy(self, *arguments, env=None):
        return self.host.playbook("-e", VARIABLES, *arguments, env={**ENVIRONMENT, **(env or {})})

    def release(self):
        return os.path.basename(os.readlink(self.host.path("/opt/billing-service/current")))

    def pid(self):
        return self.host.show("billing-service", "MainPID")

    # From nothing.

    def test_01_the_documented_dry_run_needs_a_database_url_and_nothing_else(self):
        host = self.host
        url = "postgres://svcplus_vps:g3h%24im@stunnel-client:15432/account?sslmode=disable"
        ended = self.assertRan(host.playbook("-D", "-C", "-e", "billing_service_java=/usr/bin/no-java-here",
                                             env={"DATABASE_URL": url}))
        self.assertIn("would install openjdk-17-jre-headless", ended.out)
        self.assertIn("would run ", ended.out)
        self.assertIn("+ExecStart=/usr/bin/no-java-here ", ended.out)
        self.assertIn('+EXPORTER_BASE_URL="http://127.0.0.1:8080"', ended.out)
        self.assertNotIn("g3h%24im", ended.out)
        self.assertGreater(self.changed(ended), 5)
        for path in ("/opt/billing-service", "/etc/billing-service", "/etc/default/billing-service"):
            self.assertFalse(os.path.exists(host.path(path)), path)
        self.assertNotIn("billing-service", host.read("/etc/passwd").decode())

    def test_02_what_is_missing_is_said_first_and_no_value_is_shown(self):
        first_task = r"TASK \[billing_service : Check that DATABASE_URL was given\] \*+\nfatal: "
        ended = self.host.playbook("-C")
        self.assertEqual(ended.code, 2)
        self.assertRegex(ended.out, first_task)
        self.assertIn("DATABASE_URL must be exported before running this playbook.", ended.out)
        ended = self.host.playbook("-C", env={"DATABASE_URL": "postgres://u:pa55w0rd@h"})
        self.assertEqual(ended.code, 2)
        self.assertIn("DATABASE_URL must name the database", ended.out)
        self.assertNotIn("pa55w0rd", ended.out)
        ended = self.host.playbook(env={"DATABASE_URL": RUNTIME_URL})
        self.assertIn("INTERNAL_SERVICE_TOKEN must be exported", ended.out)

    def test_03_from_nothing_to_collecting(self):
        host = self.host
        start_neighbours(host)
        ended = self.assertRan(self.deploy("-D"))
        self.assertIn("changed: ", ended.out)
        self.assertEqual(host.http("http://127.0.0.1:8081/readyz")[0], 200)
        ping = json.loads(host.http("http://127.0.0.1:8081/api/ping")[1])
        self.assertRegex(ping["image"], r"^billing-service:.*-[0-9a-f]{12}$")
        self.assertEqual(host.show("billing-service", "Type"), "notify")
        self.assertEqual(host.show("billing-service", "StatusText"), "listening on 127.0.0.1:8081")
        self.assertEqual(host.show("billing-service", "User"), "billing-service")
        self.assertEqual(host.run("systemctl", "is-enabled", "billing-service").out.strip(), "enabled")
        until = time.monotonic() + 90
        status = ""
        while time.monotonic() < until and not re.search(r"^jp +20\d\d-.*Z", status, re.MULTILINE):
            status = host.run("/usr/local/bin/billing-admin", "status").out
        self.assertRegex(status, r"(?m)^jp +20\d\d-\S+Z +\S+ +20\d\d-")

    def test_04_the_second_run_changes_nothing(self):
        before = self.pid()
        ended = self.assertRan(self.deploy("-D", "-vvv"))
        self.assertEqual(self.changed(ended), 0, ended.out)
        self.assertEqual(self.pid(), before)

    def test_05_every_value_reads_back_as_it_was(self):
        host = self.host
        show = "import os,json; print(json.dumps(dict(os.environ)))"
        by_systemd = json.loads(host.must("systemd-run", "--quiet", "--wait", "--pipe", "--collect",
                                          "-p", "EnvironmentFile=/etc/default/billing-service",
                                          "/usr/bin/python3", "-c", show))
        by_shell = json.loads(host.must(
            "sh", "-c", f"set -a; . /etc/default/billing-service; exec /usr/bin/python3 -c '{show}'"))
        for seen in (by_systemd, by_shell):
            self.assertEqual(json.loads(seen["EXPORTER_SOURCES_JSON"]), SOURCES)
            self.assertEqual(seen["DEFAULT_REGION"], REGION)
            self.assertEqual(seen["LISTEN_ADDR"], "127.0.0.1:8081")
            self.assertEqual(seen["COLLECT_INTERVAL"], "1m")
            self.assertEqual(seen["BILLING_JOBS_ALLOW_LOOPBACK"], "true")
            self.assertNotIn("DATABASE_URL", seen)
            self.assertNotIn("INTERNAL_SERVICE_TOKEN", seen)
        credentials = {"DATABASE_URL": RUNTIME_URL, "INTERNAL_SERVICE_TOKEN": TOKEN, "BILLING_ADMIN_TOKEN": ADMIN_TOKEN,
                       "jp-token": NODE_TOKEN}
        for name, value in credentials.items():
            path = f"/etc/billing-service/credentials/{name}"
            self.assertEqual(host.read(path).decode(), value)
            self.assertEqual(os.stat(host.path(path)).st_mode & 0o777, 0o600)
            self.assertEqual(os.stat(host.path(path)).st_uid, 0)
        self.assertEqual(os.stat(host.path("/etc/default/billing-service")).st_mode & 0o777, 0o600)
        self.assertEqual(sorted(os.listdir(host.path("/etc/billing-service/credentials"))), sorted(credentials))

    def test_06_no_secret_is_seen(self):
        host = self.host
        lines = host.must("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        environment = host.must("sh", "-c", f"tr '\\0' '\\n' < /proc/{self.pid()}/environ")
        journal = host.must("journalctl", "--no-pager", "--output=verbose")
        files = host.must("sh", "-c", "cat /opt/billing-service/current/environment /opt/billing-service/current/*.service"
                                      " /etc/systemd/system/billing-service.service /etc/default/billing-service")
        for where, text in (("the process list", lines), ("the environment", environment), ("the journal", journal),
                            ("the files", files), ("what the playbook said, with -vvv too", host.spoken)):
            for secret in SECRETS:
                self.assertNotIn(secret, text, where)
        self.assertIn("CREDENTIALS_DIRECTORY=", environment)
        self.assertNotEqual(host.run("runuser", "-u", "billing-service", "--", "cat",
                                     "/etc/billing-service/credentials/DATABASE_URL").code, 0)

    def test_07_the_unit_is_sound_and_shut_in(self):
        unit = "/etc/systemd/system/billing-service.service"
        verified = self.host.run("systemd-analyze", "verify", unit)
        self.assertEqual((verified.code, [line for line in verified.out.splitlines() if "billing" in line]), (0, []))
        judged = self.host.run("systemd-analyze", "security", "--offline=true", "--threshold=19", "--no-pager", unit)
        self.assertEqual(judged.code, 0, judged.out)
        self.assertEqual(self.host.show("billing-service", "MemoryMax"), str(1 << 30))
        # It cannot write where it lives, nor see the secrets of the stronger role.
        inside = ["nsenter", "-t", self.pid(), "-m", "--"]
        self.assertNotEqual(self.host.run(*inside, "touch", "/opt/billing-service/x").code, 0)
        self.assertNotEqual(self.host.run(*inside, "cat", "/etc/billing-service/migration/DATABASE_URL").code, 0)

    def test_08_the_service_runs_as_the_weaker_role(self):
        # Its own URL may change nothing of the structure: only the stronger role's could have made it.
        denied = self.host.run(
            "systemd-run", "--quiet", "--wait", "--pipe", "--collect", "-p", "WorkingDirectory=/opt/billing-service/current",
            "-p", "LoadCredential=DATABASE_URL:/etc/billing-service/credentials/DATABASE_URL",
            "java", "-jar", "billing-service.jar", "db", "tag", "config.yml", "mine")
        self.assertNotEqual(denied.code, 0, denied.out)
        self.assertIn("permission denied", denied.out)

    # Changes.

    def test_10_a_changed_setting_restarts_it_once(self):
        before, release = self.pid(), self.release()
        invocations = self.starts()
        ended = self.assertRan(self.deploy("-D", "-e", "billing_service_collect_interval=2m"))
        self.assertIn('+COLLECT_INTERVAL="2m"', ended.out)
        self.assertNotEqual(self.pid(), before)
        self.assertEqual(self.starts(), invocations + 1)
        self.assertNotEqual(self.release(), release)
        self.assertIn(f"- {release}", self.host.must("billing-release", "list"))

    def test_11_a_rotated_token_is_used_and_everything_else_stays(self):
        release, invocations = self.release(), self.starts()
        self.assertRan(self.deploy("-e", "billing_service_collect_interval=2m",
                                   env={"BILLING_ADMIN_TOKEN": ADMIN_TOKEN + "-rotated"}))
        self.assertEqual((self.release(), self.starts()), (release, invocations + 1))
        self.assertEqual(self.host.run("/usr/local/bin/billing-admin", "sources").code, 0)
        self.assertEqual(self.host.run("/usr/local/bin/billing-admin", "sources",
                                       env={"BILLING_ADMIN_TOKEN": ADMIN_TOKEN}).code, 2)

    def test_12_a_release_that_does_not_get_healthy_is_taken_back_with_its_secrets(self):
        release = self.release()
        ended = self.deploy("-e", "billing_service_price_per_byte=NaN", env={"BILLING_ADMIN_TOKEN": "never-used-token-000"})
        self.assertEqual(ended.code, 2)
        self.assertIn("did not get healthy", ended.out)
        self.assertIn("PRICE_PER_BYTE", ended.out)
        self.assertIn(f"went back: {release} runs", ended.out)
        self.assertEqual(self.release(), release)
        self.assertEqual(self.host.http("http://127.0.0.1:8081/readyz")[0], 200)
        self.assertEqual(self.host.read("/etc/billing-service/credentials/BILLING_ADMIN_TOKEN").decode(),
                         ADMIN_TOKEN + "-rotated")
        self.assertEqual(sorted(os.listdir(self.host.path("/etc/billing-service"))), ["credentials", "migration"])
        self.assertNotIn("NaN", self.host.read("/etc/default/billing-service").decode())

    def test_13_one_command_goes_back_and_forth(self):
        now, before = self.release(), os.path.basename(os.readlink(self.host.path("/opt/billing-service/previous")))
        said = self.host.must("billing-release", "rollback")
        self.assertIn(f"changed: {before} runs, before it {now}", said)
        self.assertIn('COLLECT_INTERVAL="1m"', self.host.read("/etc/default/billing-service").decode())
        self.assertEqual(self.host.http("http://127.0.0.1:8081/readyz")[0], 200)
        ended = self.assertRan(self.host.playbook(book="rollback_billing_service.yml"))
        self.assertIn(f"changed: {now} runs, before it {before}", ended.out)
        self.assertEqual(self.host.run("billing-release", "rollback", "../../etc").code, 2)

    def test_14_one_command_goes_back_over_a_migration_that_older_releases_may_start_on(self):
        host, before = self.host, self.release()
        next_release(host)
        self.assertRan(self.deploy("-e", "billing_service_collect_interval=2m",
                                   env={"BILLING_SERVICE_BINARY_ARTIFACT": "/srv/next/billing-service.jar"}))
        after = self.release()
        self.assertNotEqual(after, before)
        said = host.must("billing-release", "rollback")
        self.assertIn(f"changed: {before} runs, before it {after}", said)
        self.assertEqual(host.http("http://127.0.0.1:8081/readyz")[0], 200)
        # It started on what the newer one left, which tells it by name.
        log = host.must("journalctl", "--no-pager", "-o", "cat", "-u", "billing-service")
        self.assertNotIn("was migrated by a newer version", log)

    # The unit at work.

    def test_20_the_watchdog_is_fed_and_bites(self):
        self.host.write("/etc/systemd/system/billing-service.service.d/quick.conf",
                        "[Service]\nWatchdogSec=5\nTimeoutAbortSec=1\nRestartSec=0\n")
        self.host.must("systemctl", "daemon-reload")
        self.host.must("systemctl", "restart", "billing-service")
        pid = self.pid()
        until = time.monotonic() + 7
        while time.monotonic() < until:
            self.assertEqual(self.pid(), pid)
            time.sleep(0.5)
        self.host.must("kill", "-STOP", pid)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.pid() in (pid, "0"):
            time.sleep(0.2)
        self.assertNotIn(self.pid(), (pid, "0"))
        self.assertIn("Watchdog timeout", self.host.must("journalctl", "--no-pager", "-u", "billing-service"))
        os.remove(self.host.path("/etc/systemd/system/billing-service.service.d/quick.conf"))
        self.host.must("systemctl", "daemon-reload")

    def test_21_the_database_is_reached_through_stunnel_and_only_if_it_is_the_right_one(self):
        host = self.host
        host.must("sh", "-ec", MAKE_CERTIFICATES)
        host.write("/srv/tls/server.conf", "foreground = yes\n[postgresql]\naccept = 127.0.0.1:15433\n"
                                           "connect = 127.0.0.1:5432\ncert = /srv/tls/server.pem\n")
        host.start("tls-server", "/usr/bin/stunnel", "/srv/tls/server.conf")
        through = ["-e", json.dumps({"billing_service_stunnel_enabled": True,
                                     "billing_service_stunnel_connect": "127.0.0.1:15433",
                                     "billing_service_stunnel_ca_src": "/srv/tls/ca.pem",
                                     "billing_service_stunnel_check_host": "db.example.org"})]
        env = {"DATABASE_URL": RUNTIME_URL.replace("127.0.0.1:5432", "stunnel-client:15432"),
               "MIGRATION_DATABASE_URL": ""}
        self.assertRan(self.deploy(*through, env=env))
        self.assertIn("@127.0.0.1:15432/", host.read("/etc/billing-service/credentials/DATABASE_URL").decode())
        self.assertEqual(host.http("http://127.0.0.1:8081/readyz")[0], 200)
        unit = "/etc/systemd/system/billing-service-stunnel.service"
        judged = host.run("systemd-analyze", "security", "--offline=true", "--threshold=19", "--no-pager", unit)
        self.assertEqual(judged.code, 0, judged.out)
        # Another name than the server's certificate has: nothing gets through, and the playbook says so.
        wrong = ["-e", '{"billing_service_stunnel_check_host": "evil.example.org", "billing_service_health_timeout": 5}']
        ended = self.deploy(*through, *wrong, env=env)
        self.assertEqual(ended.code, 2)
        self.assertIn("is not healthy: look at the database first", ended.out)
        self.assertEqual(host.http("http://127.0.0.1:8081/readyz")[0], 503)

    def starts(self):
        return self.host.must("journalctl", "--no-pager", "-o", "cat", "-u", "billing-service").count("Started billing-service")


MAKE_CERTIFICATES = """
mkdir -p /srv/tls; cd /srv/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -keyout ca-key.pem -out ca.pem -subj /CN=ca
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out csr.pem -subj /CN=db.example.org
printf 'subjectAltName=DNS:db.example.org\\n' > san
openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 9 -extfile san -out cert.pem
cat key.pem cert.pem > server.pem; chmod 600 server.pem
"""


def next_release(host):
    """This release's jar with a migration more."""
    built = os.path.join(REPOSITORY, "service", "target", "billing-service.jar")
    folder = host.path("/srv/next")
    os.makedirs(folder)
    shutil.copy(built, folder)
    with zipfile.ZipFile(built) as jar:
        known = jar.read("migrations.xml").decode()
    include = '<include file="migrations/900-next.sql" relativeToChangelogFile="false"/></databaseChangeLog>'
    host.write("/srv/next/migrations.xml", known.replace("</databaseChangeLog>", include))
    host.write("/srv/next/migrations/900-next.sql", NEXT_MIGRATION)
    host.must("jar", "--update", "--no-compress", "--file=billing-service.jar", "migrations.xml", "migrations/900-next.sql",
              cwd="/srv/next")


NEXT_MIGRATION = """--liquibase formatted sql

--changeset billing:900-next labels:older-may-start
ALTER TABLE public.billing_ledger ADD COLUMN next_memo TEXT;
CREATE TABLE billing.next_things (id BIGINT PRIMARY KEY);
"""


def start_neighbours(host):
    """A PostgreSQL with two roles and an exporter, as the platform has them."""
    unpack_postgres(host)
    run = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "-C", "/srv/pg"]
    host.must("install", "-d", "-o", "65534", "-g", "65534", "/srv/pg")
    host.must(*run, "/opt/postgres/bin/initdb", "-D", "/srv/pg/data", "-U", "postgres", "--auth-local=trust",
              "--auth-host=scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C")
    for name, password in (("billing_owner", OWNER_PASSWORD), ("billing_runtime", RUNTIME_PASSWORD)):
        single(host, run, f"CREATE ROLE {name} LOGIN PASSWORD $pw${password}$pw$")
    single(host, run, "CREATE DATABASE account OWNER billing_owner")
    host.start("postgres", "/opt/postgres/bin/postgres", "-D", "/srv/pg/data", "-k", "/srv/pg", "-h", "127.0.0.1",
               "-c", "fsync=off", properties=("User=65534", "Group=65534"))
    host.write("/srv/node.token", NODE_TOKEN)
    host.start("exporter", "/usr/bin/java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-jar",
               "/repository/exporter-emulator/target/exporter-emulator.jar", "--flavour", "A", "--node", "jp-node",
               "--port", "9550", "--token-file", "/srv/node.token", "--history", "PT30M")


def single(host, run, statement):
    """One statement without a server: there may be no psql."""
    host.write("/srv/pg/statement.sql", statement + "\n")
    said = host.must("sh", "-c", " ".join(run) + " /opt/postgres/bin/postgres --single -D /srv/pg/data postgres"
                                                 " < /srv/pg/statement.sql")
    if "ERROR" in said:
        raise AssertionError(said)


if __name__ == "__main__":
    unittest.main(failfast=True, verbosity=0)
