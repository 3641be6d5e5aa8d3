"""A throwaway host: this machine's files under an overlay, a real systemd as its first process, a network of its own.

Whatever is done in it is gone with it. Needs root, overlayfs and systemd-nspawn.
"""

import atexit
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Ended:
    """What a command in the host came to."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout + done.stderr


def missing():
    """Programs that a host needs and that are not installed."""
    return [p for p in ("systemd-nspawn", "nsenter", "ansible-playbook", "java", "stunnel") if not shutil.which(p)]


def why_not():
    """Why this machine lets nobody make a host, as an unprivileged container does; empty if it does."""
    if os.geteuid() != 0:
        return "only root can make a host"
    try_it = "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/u $d/w $d/r && " \
             "mount -t overlay overlay -o lowerdir=/,upperdir=$d/u,workdir=$d/w $d/r && umount $d/r && umount $d"
    tried = subprocess.run(["unshare", "-mpf", "sh", "-ec", try_it], capture_output=True, text=True, check=False)
    return tried.stderr.strip()


class Host:
    """Started by the constructor, gone after close()."""

    def __init__(self):
        self.base = tempfile.mkdtemp(prefix="billing-host-")
        self.root = os.path.join(self.base, "root")
        self.nspawn = None
        self.first = 0
        self.groups = []
        self.spoken = ""
        # However we end, nothing of the host stays.
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", self.base], check=True)
        for name in ("root", "upper", "work"):
            os.mkdir(os.path.join(self.base, name))
        subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir=/,upperdir={self.base}/upper,workdir={self.base}/work", self.root], check=True)
        try:
            self._make_empty()
            self._boot()
        except BaseException:
            self.close()
            raise

    def path(self, path):
        """Where a path of the host is from outside."""
        return self.root + path

    def read(self, path):
        with open(self.path(path), "rb") as file:
            return file.read()

    def write(self, path, text):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *command, env=None, timeout=300, cwd="/"):
        """Runs a command in the host, with this environment and nothing of ours."""
        whole = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                 "LANG": "C.UTF-8", **(env or {})}
        enter = ["nsenter", "-t", str(self.first), "-a", "--", "env", "-C", cwd]
        done = subprocess.run(enter + list(command), env=whole, text=True, capture_output=True, timeout=timeout,
                              check=False)
        return Ended(done)

    def must(self, *command, **more):
        ended = self.run(*command, **more)
        if ended.code != 0:
            raise AssertionError(f"{command} ended with {ended.code}:\n{ended.out}")
        return ended.out.strip()

    def playbook(self, *arguments, env=None, book="deploy_billing_service.yml"):
        """Runs the playbook as the documents say, against this host itself."""
        ended = self.run("ansible-playbook", "-i", "./inventory.ini", f"./{book}", "-l", "jp_xhttp_contabo_host",
                         "-e", "ansible_connection=local", *arguments,
                         env={"ANSIBLE_PIPELINING": "1", "ANSIBLE_NOCOLOR": "1", **(env or {})}, cwd="/repository/ansible")
        self.spoken += ended.out
        return ended

    def show(self, unit, name):
        return self.must("systemctl", "show", "--value", "-p", name, unit)

    def start(self, name, *command, properties=()):
        """Runs something beside the service, for as long as the host lives."""
        self.must("systemd-run", "--quiet", f"--unit={name}", *[f"--property={p}" for p in properties], *command)

    def http(self, url):
        """Status and body of a GET from the host itself."""
        script = ("import urllib.request,urllib.error,sys,json\n"
                  "try:\n r=urllib.request.urlopen(sys.argv[1],timeout=10); print(json.dumps([r.status,r.read().decode()]))\n"
                  "except urllib.error.HTTPError as e: print(json.dumps([e.code,e.read().decode()]))\n"
                  "except OSError as e: print(json.dumps([0,str(e)]))")
        return tuple(json.loads(self.must("/usr/bin/python3", "-c", script, url)))

    def close(self):
        if self.nspawn is not None:
            if self.first:
                try:
                    os.kill(self.first, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.nspawn.terminate()
            try:
                self.nspawn.wait(20)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
            self.nspawn.stderr.close()
            self.nspawn = None
            self.first = 0
        for mounted in (self.root, self.base):
            for _ in range(20):
                if not os.path.ismount(mounted) or subprocess.run(["umount", "-q", mounted], check=False).returncode == 0:
                    break
                time.sleep(0.25)
        shutil.rmtree(self.base, ignore_errors=True)
        for group in self.groups:
            for folder, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass

    def _make_empty(self):
        """Nothing of billing-service, no name of ours, no unit of ours."""
        for gone in ("/etc/machine-id", "/etc/resolv.conf"):
            if os.path.lexists(self.path(gone)):
                os.remove(self.path(gone))
        self.write("/etc/machine-id", "")
        os.makedirs(self.path("/repository"), exist_ok=True)

    def _boot(self):
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}", f"--machine=billing-{os.getpid()}",
             "--register=no", "--keep-unit", "--link-journal=no", "--private-network", "--console=pipe",
             f"--bind-ro={REPOSITORY}:/repository", "systemd.unit=basic.target"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}, preexec_fn=self._enter_own_group)
        until = time.monotonic() + 60
        self.first = 0
        while time.monotonic() < until and self.nspawn.poll() is None:
            self.first = self._first_process()
            if self.first:
                state = self.run("systemctl", "is-system-running").out.strip()
                if state in ("running", "degraded"):
                    return
            time.sleep(0.2)
        said = b""
        if self.nspawn.poll() is not None:
            said = self.nspawn.stderr.read()
        raise AssertionError("systemd did not start in the host: " + said.decode(errors="replace"))

    def _enter_own_group(self):
        """The host's processes stand in a control group of their own, not beside ours."""
        for tree in ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"):
            if os.path.exists(tree + "/cgroup.procs"):
                group = f"{tree}/billing-{os.getppid()}"
                os.makedirs(group, exist_ok=True)
                with open(group + "/cgroup.procs", "w", encoding="ascii") as file:
                    file.write(str(os.getpid()))

    def _first_process(self):
        self.groups = glob.glob(f"/sys/fs/cgroup/billing-{os.getpid()}") + glob.glob(
            f"/sys/fs/cgroup/*/billing-{os.getpid()}")
        try:
            with open(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children", encoding="ascii") as file:
                for child in file.read().split():
                    with open(f"/proc/{child}/comm", encoding="ascii") as comm:
                        if comm.read().strip() == "systemd":
                            return int(child)
        except OSError:
            pass
        return 0


def unpack_postgres(host, folder="/opt/postgres"):
    """Puts the PostgreSQL that the Maven build has fetched into the host."""
    local = os.path.expanduser("~/.m2/repository/io/zonky/test/postgres")
    machine = {"x86_64": "linux-amd64", "aarch64": "linux-arm64v8"}[os.uname().machine]
    jars = sorted(glob.glob(f"{local}/embedded-postgres-binaries-{machine}/*/*.jar"))
    if not jars:
        raise AssertionError(f"no PostgreSQL under {local}: run mvn verify first")
    with zipfile.ZipFile(jars[-1]) as jar:
        archive = next(name for name in jar.namelist() if name.endswith(".txz"))
        with jar.open(archive) as packed, tarfile.open(fileobj=packed, mode="r:xz") as tar:
            tar.extractall(host.path(folder))
