"""Runs the containers of pods as processes of this host, as the kubelet would run them."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(what, seconds, condition):
    """The first true value of a condition, and the seconds that it took."""
    began = time.monotonic()
    while True:
        value = condition()
        took = time.monotonic() - began
        if value:
            return value, took
        if took > seconds:
            raise TimeoutError(f"after {seconds} s: not {what}")
        time.sleep(0.05)


def write_projected(volume, config_maps, secrets, folder):
    """Writes the files of a projected volume as the kubelet does: through a link to a version."""
    projected = volume["projected"]
    version = os.path.join(folder, "..version")
    for source in projected["sources"]:
        kind, reference = next(iter(source.items()))
        name = reference["name"]
        data = (config_maps if kind == "configMap" else secrets).get(name)
        if data is None and reference.get("optional"):
            continue
        items = reference.get("items") or [{"key": key, "path": key} for key in data]
        for item in items:
            path = os.path.join(version, item["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(data[item["key"]])
            os.chmod(path, projected["defaultMode"])
    os.symlink("..version", os.path.join(folder, "..data"))
    for name in os.listdir(version):
        os.symlink(os.path.join("..data", name), os.path.join(folder, name))


class Pod:
    """A pod of a workload with one container. Its volumes remain when it restarts."""

    def __init__(self, workload, ordinal, config_maps, secrets, folder):
        template = workload["spec"]["template"]
        self.spec = template["spec"]
        self.container = self.spec["containers"][0]
        metadata = workload["metadata"]
        self.name = f"{metadata['name']}-{ordinal}"
        self.fields = {
            "metadata.name": self.name,
            "metadata.namespace": metadata["namespace"],
            "metadata.labels['apps.kubernetes.io/pod-index']": f"{ordinal}",
        }
        self.folder = os.path.join(folder, self.name)
        # By the path at which the container has them.
        self.mounts = {}
        volumes = {volume["name"]: volume for volume in self.spec["volumes"]}
        claims = {name for name, volume in volumes.items() if "persistentVolumeClaim" in volume}
        claims |= {each["metadata"]["name"]
                   for each in workload["spec"].get("volumeClaimTemplates", [])}
        for mount in self.container["volumeMounts"]:
            path = os.path.join(self.folder, mount["name"])
            os.makedirs(path)
            self.mounts[mount["mountPath"]] = path
            if mount["name"] in claims:
                self._give(path, 0o770)
            else:
                write_projected(volumes[mount["name"]], config_maps, secrets, path)
                for root, names, files in os.walk(path):
                    for name in files:
                        self._give(os.path.join(root, name), None)
        self.ports = {port["name"]: free_port() for port in self.container["ports"]}
        self.process = None

    def _give(self, path, mode):
        """To the group of the pod, as fsGroup does."""
        if mode is not None:
            os.chmod(path, mode)
        if os.geteuid() == 0 and not os.path.islink(path):
            os.chown(path, -1, self.spec["securityContext"]["fsGroup"])

    def environment(self):
        environment = {}
        for variable in self.container.get("env", []):
            if "valueFrom" in variable:
                value = self.fields[variable["valueFrom"]["fieldRef"]["fieldPath"]]
            else:
                value = self._expand(variable["value"], environment)
            environment[variable["name"]] = value
        return environment

    @staticmethod
    def _expand(text, environment):
        """A reference to an unknown variable remains as it is."""
        return re.sub(r"\$\((\w+)\)", lambda name: environment.get(name[1], name[0]), text)

    def arguments(self):
        """With the paths of the volumes, and with the ports of this host for those of the pod."""
        arguments = []
        for argument in self.container["args"]:
            argument = self._expand(argument, self.environment())
            for mount, path in self.mounts.items():
                argument = argument.replace(mount, path)
            for port in self.container["ports"]:
                local = f"127.0.0.1:{self.ports[port['name']]}"
                if argument.endswith(f"-listen-address=:{port['containerPort']}"):
                    argument = argument.replace(f":{port['containerPort']}", local)
            arguments.append(argument)
        return arguments + [f"--web.listen-address=127.0.0.1:{self.ports['http']}"]

    def start(self, program):
        """With the host name and the user of the pod."""
        context = self.spec["securityContext"]
        namespaces, user = ["--uts"], []
        if os.geteuid() == 0:
            user = ["setpriv", f"--reuid={context['runAsUser']}",
                    f"--regid={context['runAsGroup']}", f"--groups={context['fsGroup']}",
                    "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        else:
            namespaces += ["--user", "--map-root-user"]
        command = ["unshare", *namespaces, "sh", "-c", 'hostname "$0" && exec "$@"', self.name]
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(
            [*command, *user, program, *self.arguments()], cwd=self.folder,
            env=self.environment() | {"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log("ab"),
        )
        startup = self.container["startupProbe"]
        limit = startup["periodSeconds"] * startup["failureThreshold"]
        eventually(f"{self.name} started: {self.log()}", limit, lambda: self.succeeds("startup"))

    def _log(self, mode):
        # pylint: disable-next=consider-using-with,unspecified-encoding
        return open(os.path.join(self.folder, "log"), mode)

    def log(self):
        with self._log("rb") as file:
            return file.read().decode()[-3000:]

    def end(self):
        """Ends the container as the kubelet does. Returns the seconds that it took."""
        if "lifecycle" in self.container:
            raise ValueError("preStop is not run here")
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(self.spec["terminationGracePeriodSeconds"])
        if status != 0:
            raise RuntimeError(f"{self.name} ended with status {status}: {self.log()}")
        return time.monotonic() - began

    def kill(self):
        """At once, if it still runs."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def url(self):
        """The address by which other agents name this one."""
        flag = next(each for each in self.arguments() if each.startswith("--web.external-url="))
        return "http:" + flag.split("=")[1].rstrip("/")

    def get(self, port, path, timeout):
        url = f"http://127.0.0.1:{self.ports[port]}{path}"
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return response.read().decode()

    def succeeds(self, kind):
        """Whether a probe of the kind `startup`, `liveness` or `readiness` succeeds."""
        probe = self.container[f"{kind}Probe"]
        get = probe["httpGet"]
        try:
            self.get(get["port"], get["path"], probe.get("timeoutSeconds", 1))
            return True
        except (urllib.error.URLError, OSError):
            return False

    def metric(self, name):
        """The value of a metric without labels; nil if the agent does not answer."""
        try:
            text = self.get("http", "/metrics", 5)
        except (urllib.error.URLError, OSError):
            return None
        return float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1])


class Liveness:
    """Probes pods more often than the kubelet, and counts what fails: so many in a row restart."""

    def __init__(self, pods):
        self.pods = list(pods)
        self.succeeded = 0
        self.failed = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._end.wait(0.25):
            for pod in list(self.pods):
                if pod.succeeds("liveness"):
                    self.succeeded += 1
                elif pod in self.pods:
                    self.failed.append(pod.name)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


class Server:
    """A program beside the pods that is killed in the end."""

    def __init__(self, command, folder, name):
        with open(os.path.join(folder, f"{name}.log"), "wb") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )

    def signal(self, number):
        self.process.send_signal(number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Cloud(Server):
    """The simulated cloud."""

    def __init__(self, program, folder):
        super().__init__([program, "simulate", "--output=json", "--graphs=3"], folder, "cloud")
        self.settings = json.loads(self.process.stdout.readline())


class Etcd(Server):
    """One member with TLS, client certificates and a user that is held to the keys of agents."""

    def __init__(self, programs, folder, password):
        self.programs, self.folder = programs, folder
        self._make_certificates()
        client, peer = free_port(), free_port()
        self.url = f"https://127.0.0.1:{client}"
        super().__init__([
            os.path.join(programs, "etcd"), "--name=etcd-0", "--data-dir=data",
            f"--listen-client-urls={self.url}", f"--advertise-client-urls={self.url}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=etcd-0=http://127.0.0.1:{peer}", "--unsafe-no-fsync",
            "--cert-file=etcd.crt", "--key-file=etcd.key", "--client-cert-auth",
            "--trusted-ca-file=ca.crt",
        ], folder, "etcd")
        eventually("etcd answers", 20, lambda: self.control("get", "a", check=False))
        for words in (
            "user add root:root", "user grant-role root root", "role add ledger",
            "role grant-permission ledger --prefix=true readwrite /graphwarden/",
            f"user add graphwarden:{password}", "user grant-role graphwarden ledger",
            "auth enable",
        ):
            self.control(*words.split())

    def _make_certificates(self):
        """Of an authority, of etcd and of the agents."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        signed = ["-CA", "ca.crt", "-CAkey", "ca.key"]
        # With users, etcd refuses a certificate with a CommonName on its HTTP interface.
        for name, subject, options in (
            ("ca", "/CN=authority", []),
            ("etcd", "/CN=etcd", [*signed, "-addext", "subjectAltName=IP:127.0.0.1"]),
            ("tls", "/O=graphwarden", signed),
        ):
            subprocess.run([
                "openssl", "req", "-x509", *key, "-subj", subject, *options,
                "-keyout", f"{name}.key", "-out", f"{name}.crt",
            ], cwd=self.folder, check=True, capture_output=True)

    def secret(self):
        """As cert-manager writes it."""
        data = {}
        for name in ("ca.crt", "tls.crt", "tls.key"):
            with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                data[name] = file.read()
        return data

    def leader(self):
        """The name and the address of the agent that leads, as etcd has them."""
        text = self.control("--user=root:root", "get", "--prefix", "--print-value-only",
                            "/graphwarden/0123456789abcdef0123456789abcdef/leader")
        record = json.loads(text)
        return {"name": record["name"], "url": record["url"]}

    def control(self, *arguments, check=True):
        """The output of etcdctl; nil if it fails and that is not checked."""
        result = subprocess.run([
            os.path.join(self.programs, "etcdctl"), f"--endpoints={self.url}", "--cacert=ca.crt",
            "--cert=tls.crt", "--key=tls.key", *arguments,
        ], cwd=self.folder, capture_output=True, text=True, check=check,
            env={"ETCDCTL_API": "3"})
        return result.stdout + " " if result.returncode == 0 else None
