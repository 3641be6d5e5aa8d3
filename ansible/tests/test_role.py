"""What needs no host: the filters, and the playbooks as files."""

import importlib.util
import os
import subprocess
import tempfile
import unittest
import zipfile

ANSIBLE = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
PLUGIN = os.path.join(ANSIBLE, "roles/billing_service/filter_plugins/billing_service.py")

spec = importlib.util.spec_from_file_location("filters", PLUGIN)
filters = importlib.util.module_from_spec(spec)
spec.loader.exec_module(filters)

NASTY = ["", " ", "plain", "'", '"', "\\", "a\\", '\\"', "$HOME ${HOME} $(id) `id`", "#no comment", "a #b", "; x", "%h %%",
         "[{\"a\": true, \"b\": \"it's\"}]", "ü 計 😀", "two\nlines\n", "tab\there", "=", "a=b", "!x", "~", "{{ x }}", "\\n"]


class FilterTest(unittest.TestCase):

    def test_a_shell_reads_every_value_back(self):
        for value in NASTY:
            with tempfile.NamedTemporaryFile("w", suffix=".env", encoding="utf-8") as file:
                file.write("X=" + filters.billing_env_value(value, "X") + "\n")
                file.flush()
                read = subprocess.run(["sh", "-c", f'. {file.name}; printf "%s." "$X"'], capture_output=True, check=True)
            self.assertEqual(read.stdout.decode(), value + ".")

    def test_what_systemd_refuses_is_refused_here(self):
        for value in ("a\0b", "a\rb", "\x1b[0m", "\x7f"):
            with self.assertRaisesRegex(filters.AnsibleFilterError, "X holds a control character"):
                filters.billing_env_value(value, "X")
        for name in ("", "1X", "A-B", "A B", "A\n"):
            with self.assertRaisesRegex(filters.AnsibleFilterError, "no variable's name"):
                filters.billing_env_value("x", name)

    def test_a_database_url_is_judged_without_being_shown(self):
        good = ["postgres://u:p@h/d", "postgresql://u@h:5432/d?sslmode=require", "postgres://u:p@x@h1:1,h2:2/d",
                "postgres://u:p%40%2F%25@h/d", "postgres:///d", " postgres://u:p@h/d\n"]
        for url in good:
            self.assertEqual(filters.billing_database_problem(url), "", url)
        bad = {"": "begin with", "mysql://u:p@h/d": "begin with", "postgres:u": "begin with", "host=h dbname=d": "begin with",
               "postgres://u:secret@h": "name the database", "postgres://u:secret@h/": "name the database",
               "postgres://u:sec?ret@h/d": "name the database", "postgres://u:sec%ret@h/d": "no %XX",
               "postgres://u:sec ret@h/d": "blank"}
        for url, problem in bad.items():
            self.assertIn(problem, filters.billing_database_problem(url), url)
            self.assertNotIn("secret", filters.billing_database_problem(url))

    def test_the_database_can_be_reached_elsewhere(self):
        at = filters.billing_database_at
        url = "postgres://u:p@ss%2F@stunnel-client:15432/account?sslmode=disable"
        self.assertEqual(at(url, "127.0.0.1:1"), "postgres://u:p@ss%2F@127.0.0.1:1/account?sslmode=disable")
        self.assertEqual(at(url, "localhost"), "postgres://u:p@ss%2F@localhost:15432/account?sslmode=disable")
        self.assertEqual(at(url, ""), url)
        self.assertEqual(at("", "h:1"), "")

    def test_the_role_of_a_url(self):
        self.assertEqual(filters.billing_database_user("postgres://a%40b:p@h/d"), "a@b")
        self.assertEqual(filters.billing_database_user("postgres://h/d"), "")

    def test_a_jar_tells_its_version_and_digest(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.jar")
            self.assertFalse(filters.billing_jar(path)["exists"])
            with zipfile.ZipFile(path, "w") as jar:
                jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nImplementation-Version: 1.2.3-rc.1\r\n")
            found = filters.billing_jar(f" {path}\n")
            self.assertEqual((found["exists"], found["version"], len(found["sha256"])), (True, "1.2.3-rc.1", 64))
            with open(path, "wb") as file:
                file.write(b"no jar")
            with self.assertRaisesRegex(filters.AnsibleFilterError, "is no jar"):
                filters.billing_jar(path)

    def test_a_debian_package_gives_its_files(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(folder + "/x/DEBIAN")
            os.makedirs(folder + "/x/etc/billing-service")
            with open(folder + "/x/DEBIAN/control", "w", encoding="ascii") as file:
                file.write("Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x.org>\nDescription: x\n")
            with open(folder + "/x/etc/billing-service/config.yml", "w", encoding="ascii") as file:
                file.write("image: packed\n")
            subprocess.run(["dpkg-deb", "-Zgzip", "-b", "x", "x.deb"], cwd=folder, check=True, capture_output=True)
            home, os.environ["HOME"] = os.environ.get("HOME", "/"), folder
            try:
                inside = filters.billing_packed("/elsewhere", folder + "/x.deb", "etc/billing-service/config.yml")
                with open(inside, encoding="ascii") as file:
                    self.assertEqual(file.read(), "image: packed\n")
                with self.assertRaisesRegex(filters.AnsibleFilterError, "has no usr/x"):
                    filters.billing_packed("/elsewhere", folder + "/x.deb", "usr/x")
            finally:
                os.environ["HOME"] = home
        self.assertEqual(filters.billing_packed(" /a.jar\n", "/a.jar", "x"), "/a.jar")

    def test_a_java_tells_its_version(self):
        self.assertEqual(filters.billing_java_major('openjdk version "17.0.15" 2025-04-15'), 17)
        self.assertEqual(filters.billing_java_major('java version "1.8.0_402"'), 8)
        self.assertEqual(filters.billing_java_major(""), 0)

    def test_the_address_for_the_own_host(self):
        for address, url in {":8081": "http://127.0.0.1:8081", "0.0.0.0:1": "http://127.0.0.1:1",
                             "127.0.0.1:8081": "http://127.0.0.1:8081", "[::1]:2": "http://[::1]:2",
                             "[::]:2": "http://127.0.0.1:2"}.items():
            self.assertEqual(filters.billing_local_url(address), url)


class FilesTest(unittest.TestCase):

    def succeeds(self, *command):
        done = subprocess.run(command, cwd=ANSIBLE, text=True, capture_output=True, check=False,
                              env={**os.environ, "ANSIBLE_NOCOLOR": "1", "DATABASE_URL": "", "INTERNAL_SERVICE_TOKEN": ""})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_syntax_is_right(self):
        self.succeeds("ansible-playbook", "--syntax-check", "deploy_billing_service.yml", "rollback_billing_service.yml")

    def test_the_play_is_for_the_hosts_that_are_meant(self):
        def hosts(*arguments):
            done = subprocess.run(["ansible-playbook", "-i", "./inventory.ini", "deploy_billing_service.yml", "--list-hosts",
                                   *arguments], cwd=ANSIBLE, text=True, capture_output=True, check=True)
            return done.stdout.partition("hosts (")[2].split()[1:]
        self.assertEqual(hosts("-l", "jp_xhttp_contabo_host"), ["jp-xhttp-contabo.svc.plus"])
        self.assertEqual(hosts("-i", "other.example.org,", "-e", "billing_service_hosts=other.example.org"),
                         ["other.example.org"])

    def test_the_linter_finds_nothing(self):
        self.succeeds("ansible-lint", "--offline", "--nocolor", "--profile", "production")

    def test_the_scripts_are_sound(self):
        self.succeeds("shellcheck", "roles/billing_service/files/billing-release", "tests/all",
                      *[f"../dist/src/deb/{name}" for name in ("billing-admin", "control/postinst", "control/prerm",
                                                               "control/postrm")])


if __name__ == "__main__":
    unittest.main(verbosity=0)
