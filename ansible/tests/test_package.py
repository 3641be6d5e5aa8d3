"""What the build hands out under -Prelease: the Debian package on a real dpkg and systemd, and the files beside it.

Run as root from anywhere, after mvn package -Prelease: python3 -m unittest -f ansible/tests/test_package.py
"""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(__file__))

import test_deploy as deploy  # noqa: E402
from host import REPOSITORY, Host, missing, why_not  # noqa: E402

RELEASE = os.path.join(REPOSITORY, "dist/target/release")


class FilesTest(unittest.TestCase):

    def test_the_checksums_are_those_of_the_files(self):
        done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=RELEASE, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(sorted(re.findall(r"^(\S+): OK$", done.stdout, re.MULTILINE)),
                         ["billing-admin.cdx.json", "billing-admin.jar", "billing-service.cdx.json", "billing-service.deb",
                          "billing-service.jar"])

    def test_the_bills_of_materials_name_what_is_inside_and_nothing_of_the_tests(self):
        with open(os.path.join(RELEASE, "billing-service.cdx.json"), encoding="utf-8") as file:
            bill = json.load(file)
        self.assertEqual(bill["bomFormat"], "CycloneDX")
        parts = {part["name"]: part for part in bill["components"]}
        for name in ("dropwizard-core", "postgresql", "jackson-databind", "jna-jpms", "liquibase-core"):
            self.assertTrue(parts[name]["version"] and parts[name]["hashes"], name)
        for name in ("junit-jupiter-api", "embedded-postgres", "billing-exporter-emulator", "archunit"):
            self.assertNotIn(name, parts)

    def test_every_verb_is_in_the_man_page(self):
        done = subprocess.run(["java", "-jar", os.path.join(RELEASE, "billing-admin.jar"), "--help"], capture_output=True,
                              text=True, check=True)
        verbs = re.findall(r"^  ([a-z-]+)  +\S", done.stdout.partition("Verbs:")[2].partition("Exit codes:")[0], re.MULTILINE)
        self.assertGreater(len(verbs), 10)
        with open(os.path.join(REPOSITORY, "dist/src/deb/billing-admin.1"), encoding="ascii") as file:
            page = file.read().replace("\\-", "-")
        for verb in verbs:
            self.assertRegex(page, rf"(?m)^\.BR? .*\b{verb}\b")

    def test_the_image_needs_nothing_but_the_jar(self):
        with open(os.path.join(REPOSITORY, "dist/Dockerfile"), encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
        copied = [line.split()[1:-1] for line in lines if re.match("(COPY|ADD)", line) and "--from=" not in line]
        self.assertEqual(copied, [["billing-service.jar"]])
        self.assertTrue(all(re.search(r":[0-9a-z.-]*17", line) for line in lines if line.startswith("FROM")))
        user = [line for line in lines if line.startswith("USER")]
        self.assertRegex(user[-1], r"^USER [1-9]\d*:[1-9]\d*$")
        command = json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).partition(" ")[2])
        command += json.loads(next(line for line in lines if line.startswith("CMD")).partition(" ")[2])
        with zipfile.ZipFile(os.path.join(RELEASE, "billing-service.jar")) as jar, tempfile.TemporaryDirectory() as app:
            jar.extract("config.yml", app)
            with open(os.path.join(REPOSITORY, "config.yml"), "rb") as file, open(app + "/config.yml", "rb") as shipped:
                self.assertEqual(shipped.read(), file.read())
            os.symlink(os.path.join(RELEASE, "billing-service.jar"), app + "/billing-service.jar")
            # Its command line, down to the first thing that it wants and isn't there.
            done = subprocess.run([part.replace("/app/", app + "/") for part in command], cwd=app, capture_output=True,
                                  text=True, env={"PATH": os.environ["PATH"]}, check=False, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no database is given", done.stdout + done.stderr)


class DebianPackageTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        if missing():
            raise AssertionError("missing: " + ", ".join(missing()))
        if why_not():
            print("NOT RUN: this machine can make no host: " + why_not(), file=sys.stderr)
            raise unittest.SkipTest("no host can be made here")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)

    def ready(self, wanted=200):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.host.http("http://127.0.0.1:8081/readyz")[0] != wanted:
            time.sleep(0.5)
        self.assertEqual(self.host.http("http://127.0.0.1:8081/readyz")[0], wanted)

    def test_it_is_installed_started_upgraded_removed_and_purged(self):
        host = self.host
        deploy.start_neighbours(host)
        package = "/repository/dist/target/release/billing-service.deb"
        # The machine's Java may not be a package of its own.
        install = ["dpkg", "--force-depends", "--force-confold", "-i"]

        said = host.must(*install, package)
        self.assertIn("billing-service is not started: put DATABASE_URL", said)
        token = host.read("/etc/billing-service/credentials/BILLING_ADMIN_TOKEN").decode()
        self.assertRegex(token, r"^[A-Za-z0-9]{43}$")
        self.assertEqual(os.stat(host.path("/etc/billing-service/credentials")).st_mode & 0o777, 0o700)
        unit = host.run("systemd-analyze", "security", "--threshold=19", "--no-pager", "billing-service.service")
        self.assertEqual(unit.code, 0, unit.out)

        host.must("sh", "-c", 'umask 077; cd /etc/billing-service/credentials;'
                              ' printf %s "$U" > DATABASE_URL; printf %s "$T" > INTERNAL_SERVICE_TOKEN',
                  env={"U": deploy.OWNER_URL, "T": deploy.TOKEN})
        host.must("systemd-run", "--quiet", "--wait", "--pipe", "--collect",
                  "-p", "LoadCredential=DATABASE_URL:/etc/billing-service/credentials/DATABASE_URL",
                  "java", "-jar", "/usr/share/billing-service/billing-service.jar", "db", "migrate",
                  "/etc/billing-service/config.yml")
        host.must("sh", "-c", "echo COLLECT_INTERVAL=7m >> /etc/default/billing-service;"
                              " echo '# mine' >> /etc/billing-service/config.yml")
        host.must("systemctl", "start", "billing-service")
        self.ready()
        self.assertEqual(host.run("/usr/bin/billing-admin", "ready").out.splitlines()[0], "readyz   ready, database ok")

        before = host.show("billing-service", "MainPID")
        host.must("sh", "-ec", "dpkg-deb -R " + package + " /srv/newer; cd /srv;"
                               " sed -i 's/^Version: .*/Version: 9.9/' newer/DEBIAN/control;"
                               " echo '# theirs' >> newer/etc/billing-service/config.yml; dpkg-deb -Znone -b newer newer.deb")
        host.must(*install, "/srv/newer.deb")
        self.ready()
        self.assertNotEqual(host.show("billing-service", "MainPID"), before)
        self.kept(token)

        host.must("dpkg", "-r", "billing-service")
        self.assertEqual(host.http("http://127.0.0.1:8081/readyz")[0], 0)
        self.assertFalse(os.path.exists(host.path("/usr/share/billing-service")))
        self.kept(token)

        host.must(*install, package)
        self.ready()
        self.kept(token)

        host.must("dpkg", "-P", "billing-service")
        self.assertEqual(glob.glob(host.path("/etc/billing-service")) + glob.glob(host.path("/etc/default/billing-service")), [])
        self.assertNotIn("billing-service", host.read("/etc/passwd").decode())

    def kept(self, token):
        self.assertIn("COLLECT_INTERVAL=7m", self.host.read("/etc/default/billing-service").decode())
        config = self.host.read("/etc/billing-service/config.yml").decode()
        self.assertIn("# mine", config)
        self.assertNotIn("# theirs", config)
        self.assertEqual(self.host.read("/etc/billing-service/credentials/BILLING_ADMIN_TOKEN").decode(), token)
        self.assertEqual(self.host.read("/etc/billing-service/credentials/DATABASE_URL").decode(), deploy.OWNER_URL)


if __name__ == "__main__":
    unittest.main(failfast=True, verbosity=0)
