"""Runs the agents of high-availability as processes, with a real etcd and the simulated cloud."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import kubelet

DEBIAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.build/debian/usr/bin")
PASSWORD = "Simulated-Password-2"
LEASE = 30


def run(program, configuration, pods_of):
    """Runs the pods that `pods_of` makes of a configuration, their Secrets and a folder, and hands
    over the lead. Returns what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        # The user of the pods reads their volumes and the program, wherever it was built.
        os.chmod(folder, 0o711)
        program = shutil.copy(program, folder)
        with Cloud(program, folder) as cloud, Etcd(DEBIAN, folder, PASSWORD) as etcd:
            settings = cloud.settings
            configuration["cloud"]["endpoints"] = {"ges": settings["management"],
                                                   "iam": settings["management"]}
            configuration["sampling"] = {"data_plane": {
                "port": int(settings["data_plane_port"]), "allow": ["127.0.0.0/8"]}}
            configuration["ledger"]["etcd"]["endpoints"] = [etcd.url]
            pods = pods_of(configuration, {
                "graphwarden-credentials": {"access_key_id": settings["access_key"],
                                            "secret_access_key": settings["secret_key"]},
                "graphwarden-etcd-tls": etcd.secret(),
                "graphwarden-etcd": {"password": PASSWORD},
            }, folder)
            try:
                return hand_over(pods, etcd, program)
            except Exception:
                print("\n".join(f"{pod.name}: {pod.log()}" for pod in pods), file=sys.stderr)
                raise
            finally:
                for pod in pods:
                    pod.kill()


def _expect(condition, message):
    if not condition:
        raise RuntimeError(message)


def _are_ready(pods):
    return all(pod.succeeds("readiness") and pod.metric("graphwarden_members") == len(pods)
               for pod in pods)


def leaders(pods):
    return [pod for pod in pods if pod.metric("graphwarden_leader") == 1]


def hand_over(pods, etcd, program):
    """Ends the leader as the kubelet does, starts it again, and freezes etcd for a while."""
    for pod in pods:
        pod.start(program)
    kubelet.eventually("both are ready", 60, lambda: _are_ready(pods))
    kubelet.eventually("one leads", LEASE, lambda: leaders(pods))
    first = leaders(pods)
    _expect(len(first) == 1, f"{[pod.name for pod in first]} lead")
    leader, other = first[0], next(pod for pod in pods if pod is not first[0])
    _expect(etcd.leader() == {"name": leader.name, "url": leader.url}, f"{etcd.leader()} leads")

    with kubelet.Liveness(pods) as liveness:
        liveness.pods.remove(leader)
        with ThreadPoolExecutor(1) as kubelets:
            ending = kubelets.submit(leader.end)
            _, took = kubelet.eventually(f"{other.name} leads", LEASE, lambda: leaders([other]))
            ended = ending.result()
        leader.start(program)
        liveness.pods.append(leader)
        kubelet.eventually("both are ready again", 60, lambda: _are_ready(pods))
        _expect(leaders(pods) == [other], "the lead has returned")

        trouble = "etcd cannot be used"
        known = leader.log().count(trouble)
        etcd.signal(signal.SIGSTOP)
        kubelet.eventually("it notices that etcd is gone", LEASE,
                           lambda: leader.log().count(trouble) > known)
        _expect(all(pod.succeeds("readiness") for pod in pods), "not ready without etcd")
        etcd.signal(signal.SIGCONT)
        kubelet.eventually("one leads again", 2 * LEASE, lambda: len(leaders(pods)) == 1)
    _expect(not liveness.failed, f"liveness probes failed: {liveness.failed}")
    return (f"{other.name} led {took:.1f} s after the SIGTERM for {leader.name}, which ended in"
            f" {ended:.1f} s; {liveness.succeeded} liveness probes succeeded, none failed")


class Server:
    """A program beside the pods that is killed in the end."""

    def __init__(self, command, folder, name):
        with open(os.path.join(folder, f"{name}.log"), "wb") as log:
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
        client, peer = kubelet.free_port(), kubelet.free_port()
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
        kubelet.eventually("etcd answers", 20, lambda: self.control("get", "a", check=False))
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
        """The output of etcdctl; None if it fails and that is not checked."""
        result = subprocess.run([
            os.path.join(self.programs, "etcdctl"), f"--endpoints={self.url}", "--cacert=ca.crt",
            "--cert=tls.crt", "--key=tls.key", *arguments,
        ], cwd=self.folder, capture_output=True, text=True, check=check,
            env={"ETCDCTL_API": "3"})
        return result.stdout + " " if result.returncode == 0 else None
