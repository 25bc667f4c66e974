"""Runs the containers of pods as processes of this host, as the kubelet would run them."""

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
            raise TimeoutError(f"not after {seconds} s: {what}")
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
        self.process = subprocess.Popen(
            [*command, *user, program, *self.arguments()], cwd=self.folder,
            env=self.environment() | {"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log("ab"),
        )
        startup = self.container["startupProbe"]
        limit = startup["periodSeconds"] * startup["failureThreshold"]
        eventually(f"{self.name} has started", limit, lambda: self.succeeds("startup"))

    def _log(self, mode):
        return open(os.path.join(self.folder, "log"), mode)

    def log(self):
        with self._log("rb") as file:
            return file.read().decode()

    def end(self):
        """Ends the container as the kubelet does. Returns the seconds that it took."""
        if "lifecycle" in self.container:
            raise ValueError("preStop is not run here")
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(self.spec["terminationGracePeriodSeconds"])
        if status != 0:
            raise RuntimeError(f"{self.name} ended with status {status}")
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
        """The value of a metric without labels; None if the agent does not answer."""
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
