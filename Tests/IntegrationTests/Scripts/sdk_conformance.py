"""Drives the simulated cloud with Huawei Cloud's official Python SDK, which knows nothing of it.

What the SDK understands is what the real service says; so a simulator that passes here speaks the
service's language, and an agent that is tested against it learns no dialect of our own.

Needs huaweicloudsdkcore and huaweicloudsdkges. The SDK writes to HOME; give it one that may go.
The simulated restart must be fast: a time scale of 0.02 or less.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request

import huaweicloudsdkges.v1 as v1
import huaweicloudsdkges.v2 as v2
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.internal import MetadataAccessor
from huaweicloudsdkcore.auth.provider import MetadataCredentialProvider
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region

RESTART_DEADLINE_SECONDS = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--management", required=True, help="base URL of GES, IAM and metadata")
    parser.add_argument("--control", required=True, help="base URL of the control interface")
    parser.add_argument("--project-id", default="0123456789abcdef0123456789abcdef")
    parser.add_argument("--region", default="cn-north-4")
    parser.add_argument("--domain", default="simulated-domain")
    parser.add_argument("--user", default="graphwarden")
    parser.add_argument("--password", default="Simulated-Password-1")
    parser.add_argument("--access-key", default="SIMULATEDACCESSKEY01")
    parser.add_argument("--secret-key", default="SimulatedSecretKey0123456789abcdefghijkl")
    return parser.parse_args()


class Conformance:
    def __init__(self, options):
        self.options = options
        self.checks = 0
        keys = BasicCredentials(options.access_key, options.secret_key, options.project_id)
        self.v1 = self.client(v1.GesClient, keys)
        self.v2 = self.client(v2.GesClient, keys)
        self.graphs = self.control("GET", "/control/graphs")["graphs"]

    def client(self, kind, credentials, endpoint=None):
        builder = kind.new_builder().with_credentials(credentials)
        return builder.with_endpoint(endpoint or self.options.management).build()

    def control(self, method, path, body=None):
        return self.http(method, self.options.control + path, body)[1]

    @staticmethod
    def http(method, url, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.headers, json.loads(answer.read() or b"{}")

    def fresh_graph(self):
        """A graph of this run's own, so that its jobs and counts begin at nothing."""
        return self.control("POST", "/control/graphs", {"name": f"sdk_{time.time_ns()}"})

    def equal(self, got, expected, what):
        self.checks += 1
        if got != expected:
            raise AssertionError(f"{what}: got {got!r}, expected {expected!r}")

    def true(self, holds, what):
        self.equal(bool(holds), True, what)

    def refused(self, call, status, code, what):
        """The SDK reads v2's error shape; of v1's it keeps the body as the message."""
        try:
            call()
        except ClientRequestException as error:
            self.equal(error.status_code, status, what)
            self.true(code in (error.error_code, error.error_msg) or code in error.error_msg,
                      f"{what}: {error.error_code} {error.error_msg}")
            self.true(error.request_id, f"{what}: request id")
            return
        raise AssertionError(f"{what}: was not refused")

    def poll(self, read, is_final, what):
        """Every distinct value that `read` gave, in order, until one is final."""
        seen, deadline = [], time.monotonic() + RESTART_DEADLINE_SECONDS
        while time.monotonic() < deadline:
            value = read()
            if not seen or seen[-1] != value:
                seen.append(value)
            if is_final(value):
                return seen
            time.sleep(0.02)
        raise AssertionError(f"{what}: not final after {seen}")

    # Facts

    def lists_pages(self):
        total, read = None, []
        while total is None or len(read) < total:
            page = self.v2.list_graphs2(v2.ListGraphs2Request(offset=len(read), limit=5))
            total = page.graph_count
            self.true(len(page.graphs) <= 5, "page size")
            self.true(page.graphs, "page is not empty before the total is reached")
            read += page.graphs
        self.equal([g.id for g in read], [g["id"] for g in self.graphs], "v2 list")
        first_page = self.v2.list_graphs2(v2.ListGraphs2Request())
        self.equal(len(first_page.graphs), min(10, total), "default limit")
        v1_page = self.v1.list_graphs(v1.ListGraphsRequest(offset=1, limit=2))
        self.equal([g.name for g in v1_page.graphs], [g["name"] for g in self.graphs[1:3]], "v1")
        self.equal(v1_page.graph_count, total, "v1 total")

    def shows_details(self):
        expected = self.graphs[0]
        graph = self.v2.show_graph2(v2.ShowGraph2Request(graph_id=expected["id"])).graph
        self.equal((graph.id, graph.name, graph.status),
                   (expected["id"], expected["name"], "200"), "v2 detail")
        self.equal(graph.region_code, self.options.region, "v2 region")
        self.equal({t.key: t.value for t in graph.tags}, expected["tags"], "v2 tags")
        self.equal(graph.private_ip, graph.traffic_ip_list[0], "v2 addresses")
        old = self.v1.show_graph(v1.ShowGraphRequest(graph_id=expected["id"])).graph
        for field in ["id", "name", "status", "region_code", "created", "updated", "private_ip",
                      "data_store_version", "graph_size_type_index", "security_group_id",
                      "vpc_id", "arch", "is_multi_az", "created_by"]:
            self.equal(getattr(old, field), getattr(graph, field), f"v1 and v2 differ in {field}")
            self.true(getattr(old, field), f"{field} is given")
        self.refused(lambda: self.v2.show_graph2(v2.ShowGraph2Request(graph_id="no-such-graph")),
                     400, "GES.7000", "unknown graph, v2")
        self.refused(lambda: self.v1.show_graph(v1.ShowGraphRequest(graph_id="no-such-graph")),
                     400, "GES.7000", "unknown graph, v1")

    def restarts(self, graph, restart, status, job, again):
        """One restart through whichever dialect, tracked to completion."""
        identifier = graph["id"]
        self.control("POST", f"/control/graphs/{identifier}/hang", {"class": "import"})
        self.equal(status(), "202", "hanging import")
        job_id = restart().job_id
        self.true(job_id, "job id")
        self.true(job(job_id).status in ("pending", "running"), "job begins")
        self.refused(again, 400, "GES.7003", "second restart")
        statuses = self.poll(status, lambda s: s == "200", "restart")
        self.equal(statuses[-1], "200", "restart ends running")
        self.true("901" in statuses or "920" in statuses, f"restart passes by 901, 920: {statuses}")
        final = self.poll(lambda: job(job_id).status, lambda s: s in ("success", "failed"), "job")
        self.equal(final[-1], "success", "job")
        shown = job(job_id)
        self.equal(shown.related_graph, graph["name"], "job's graph")
        self.true(shown.begin_time <= shown.end_time, "job's times")
        tally = self.control("GET", "/control/summary")["restarts"][identifier]
        self.equal((tally["received"], tally["accepted"]), (2, 1), "restart requests")
        posts = self.control("GET", f"/control/requests?operation=restart_graph&graph={identifier}")
        self.equal([r["status"] for r in posts["requests"]], [200, 400], "recorded restarts")
        return job_id

    def restarts_v2(self):
        graph = self.fresh_graph()
        request = v2.RestartGraph2Request(graph_id=graph["id"])
        job_id = self.restarts(
            graph,
            lambda: self.v2.restart_graph2(request),
            lambda: self.v2.show_graph2(v2.ShowGraph2Request(graph_id=graph["id"])).graph.status,
            lambda job: self.v2.show_job2(v2.ShowJob2Request(graph_id=graph["id"], job_id=job)),
            lambda: self.v2.restart_graph2(request))
        jobs = self.v2.list_jobs2(v2.ListJobs2Request(graph_name=graph["name"], status="success"))
        self.equal([j.job_id for j in jobs.job_list], [job_id], "v2 job list")
        failed = self.v2.list_jobs2(v2.ListJobs2Request(graph_name=graph["name"], status="failed"))
        self.equal([j.job_name for j in failed.job_list], ["ImportGraph"], "the import failed")
        self.equal(failed.job_count, 1, "v2 job count")
        self.refused(lambda: self.v2.show_job2(
            v2.ShowJob2Request(graph_id=graph["id"], job_id="no-such-job")),
            400, "GES.8301", "unknown job")

    def restarts_v1(self):
        graph = self.fresh_graph()
        request = v1.RestartGraphRequest(graph_id=graph["id"], action_id="restart")
        job_id = self.restarts(
            graph,
            lambda: self.v1.restart_graph(request),
            lambda: self.v1.show_graph(v1.ShowGraphRequest(graph_id=graph["id"])).graph.status,
            lambda job: self.v1.show_job(v1.ShowJobRequest(graph_id=graph["id"], job_id=job)),
            lambda: self.v1.restart_graph(request))
        jobs = self.v1.list_jobs(v1.ListJobsRequest(graph_name=graph["name"], limit=1))
        self.equal([j.job_id for j in jobs.job_list], [job_id], "newest job first")
        self.equal(jobs.job_count, 2, "v1 job count")

    def stops_and_starts(self):
        graph = self.fresh_graph()["id"]
        def status():
            return self.v2.show_graph2(v2.ShowGraph2Request(graph_id=graph)).graph.status
        self.refused(lambda: self.v2.start_graph2(
            v2.StartGraph2Request(graph_id=graph, body=v2.StartGraphReq())),
            400, "GES.7037", "start of a running graph")
        self.true(self.v2.stop_graph2(v2.StopGraph2Request(graph_id=graph)).job_id, "stop")
        self.equal(self.poll(status, lambda s: s == "900", "stop")[-1], "900", "stopped")
        self.refused(lambda: self.v2.restart_graph2(v2.RestartGraph2Request(graph_id=graph)),
                     400, "GES.7003", "restart of a stopped graph")
        started = self.v2.start_graph2(
            v2.StartGraph2Request(graph_id=graph, body=v2.StartGraphReq()))
        self.true(started.job_id, "start")
        self.equal(self.poll(status, lambda s: s == "200", "start")[-1], "200", "started")

    def lists_nothing_else(self):
        self.equal(self.v2.list_backups2(v2.ListBackups2Request()).backup_count, 0, "v2 backups")
        self.equal(self.v1.list_backups(v1.ListBackupsRequest()).backup_count, 0, "v1 backups")
        of_one = v2.ListGraphBackups2Request(graph_id=self.graphs[0]["id"])
        self.equal(self.v2.list_graph_backups2(of_one).backup_list, [], "backups of a graph")
        self.true(self.v2.list_quotas2(v2.ListQuotas2Request()).quotas.resources, "v2 quotas")
        self.true(self.v1.list_quotas(v1.ListQuotasRequest()).quotas.resources, "v1 quotas")

    def refuses_wrong_keys(self):
        options = self.options
        listing = v2.ListGraphs2Request()
        wrong = self.client(
            v2.GesClient, BasicCredentials(options.access_key, "wrong", options.project_id))
        self.refused(lambda: wrong.list_graphs2(listing), 401, "APIGW.0301", "wrong secret key")
        unknown = self.client(
            v2.GesClient, BasicCredentials("UNKNOWN", options.secret_key, options.project_id))
        self.refused(lambda: unknown.list_graphs2(listing), 401, "APIGW.0301", "unknown key")
        elsewhere = self.client(
            v2.GesClient, BasicCredentials(options.access_key, options.secret_key, "f" * 32))
        self.refused(lambda: elsewhere.list_graphs2(listing), 400, "GES.0001", "other project")
        # And the right ones still work: failures of others do no harm.
        self.true(self.v2.list_graphs2(listing).graphs, "right key")

    def accepts_tokens(self):
        options = self.options
        user = {"name": options.user, "password": options.password,
                "domain": {"name": options.domain}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
                         "scope": {"project": {"name": options.region}}}}
        headers, answer = self.http(
            "POST", options.management + "/v3/auth/tokens?nocatalog=true", body,
            {"Content-Type": "application/json;charset=utf8"})
        token = headers["X-Subject-Token"]
        self.true(len(token) > 1000, "a token is long")
        self.equal(answer["token"]["project"]["id"], options.project_id, "token's project")
        # Keys that are wrong show that the token alone opens.
        keyless = self.client(v2.GesClient, BasicCredentials("NONE", "NONE", options.project_id))
        request = v2.ShowGraph2Request(graph_id=self.graphs[0]["id"])
        invoker = keyless.show_graph2_invoker(request).add_header("X-Auth-Token", token)
        self.equal(invoker.invoke().graph.id, self.graphs[0]["id"], "token")
        self.control("POST", "/control/tokens/revoke", {})
        revoked = keyless.show_graph2_invoker(request).add_header("X-Auth-Token", token)
        self.refused(revoked.invoke, 401, "APIGW.0301", "revoked token")

    def finds_the_project(self):
        options = self.options
        keys = BasicCredentials(options.access_key, options.secret_key)
        client = (v2.GesClient.new_builder()
                  .with_credentials(keys.with_iam_endpoint(options.management))
                  .with_region(Region(options.region, options.management)).build())
        self.true(client.list_graphs2(v2.ListGraphs2Request()).graphs, "project by region")

    def serves_metadata_keys(self):
        MetadataAccessor._METADATA_ENDPOINT = self.options.management
        keys = MetadataCredentialProvider.get_basic_credential_metadata_provider().get_credentials()
        keys.with_project_id(self.options.project_id)
        client = self.client(v2.GesClient, keys)
        self.true(client.list_graphs2(v2.ListGraphs2Request()).graphs, "temporary keys")

    def shows_faults(self):
        listing = v2.ListGraphs2Request()
        self.control("POST", "/control/faults", {
            "kind": "error", "status": 500, "code": "GES.7006", "message": "internal",
            "match": {"operation": "list_graphs"}, "count": 1})
        try:
            self.v2.list_graphs2(listing)
            raise AssertionError("fault: no error")
        except Exception as error:  # the SDK has one class for 4xx and one for 5xx
            self.equal(getattr(error, "error_code", None), "GES.7006", "fault")
        self.true(self.v2.list_graphs2(listing).graphs, "the fault was met once")

    def run(self):
        facts = [self.lists_pages, self.shows_details, self.restarts_v2, self.restarts_v1,
                 self.stops_and_starts, self.lists_nothing_else, self.refuses_wrong_keys,
                 self.accepts_tokens, self.finds_the_project, self.serves_metadata_keys,
                 self.shows_faults]
        failed = 0
        for fact in facts:
            try:
                fact()
                print(f"ok     {fact.__name__}")
            except Exception as error:
                failed += 1
                print(f"FAILED {fact.__name__}: {type(error).__name__}: {error}")
        print(f"{len(facts) - failed} passed, {failed} failed, {self.checks} checks")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(Conformance(arguments()).run())
