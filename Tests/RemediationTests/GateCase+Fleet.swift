import Diagnosis
import Remediation
import Time

extension GateCase {
    static let fleet = [
        GateCase(
            .concurrency,
            "fleet_budget",
            "0 of 0 places are taken"
        ) { $0.setPolicy { $0.maxConcurrent = 0 } },
        GateCase(
            .concurrency,
            "fleet_budget",
            "1 of 1 places on the path \(Path.other) are taken: other-1"
        ) {
            $0.setPolicy {
                $0.maxConcurrent = 2
                $0.maxConcurrentPerPath = 1
            }
            $0[Incident.g].path = .other
            $0.change(19) { $0.path = .other }
            $0.restartAnother(.accepted(jobID: "job-1"))
        },
        GateCase(
            .concurrency,
            "fleet_budget",
            "1 of 1 places on the path that is not known yet are taken: other-1"
        ) {
            $0.setPolicy {
                $0.maxConcurrent = 2
                $0.maxConcurrentPerPath = 1
            }
            $0.restartAnother(.accepted(jobID: "job-1"))
        },
        GateCase(
            .killCost,
            "kill_cost",
            "a person must approve it: it would kill 2 tasks with 60h of work, the oldest of type "
                + "Algorithm for 48h at 40 % (seen at 2026-11-23T10:00:00Z); restarts have killed 0s "
                + "of work in 1d, and may kill 50h"
        ) {
            $0[Incident.g].tasks = .work(hours: [12, 48], at: $0.now)
        },
        GateCase(
            .jobHistory,
            "job_history",
            "a person must approve it: 4 import jobs of it are known, and 5 of the last month are needed"
        ) {
            $0.stick(.importing)
            $0[Incident.g].endedJobs?[.importing]?.count = 4
        },
        GateCase(
            .jobHistory,
            "job_history",
            "a person must approve it: it is not known how long clear jobs of it take, and 5 of the last "
                + "month are needed"
        ) {
            $0.stick(.clearing)
            $0[Incident.g].endedJobs = nil
        },
        GateCase(
            .jobHistory,
            "normal_duration",
            "left alone until 2026-11-23T22:00:00Z: export jobs of it take up to 12h (p99), and three "
                + "times that is normal"
        ) {
            $0.stick(.exporting)
            $0[Incident.g].endedJobs?[.exporting]?.p99 = .seconds(12 * 3600)
        },
        GateCase(.budget, "fleet_budget", "the fleet has used 0 of 0 restarts in 1h") {
            $0.setPolicy { $0.budget = [WindowLimit(window: .seconds(3600), count: 0)] }
        },
        GateCase(
            .breaker,
            "storm",
            "a storm of 5 sick graphs: from 5 on nothing is restarted, "
                + "because a common cause is likely"
        ) { $0.sicken(4) },
        GateCase(
            .credential,
            "credential",
            "GES refused the credential at the restart of other-1 at 2026-11-23T10:00:00Z; "
                + "nothing is sent with it until 2026-11-23T11:00:00Z, unless it is replaced"
        ) { $0.restartAnother(.unauthorised(code: "APIGW.0301", message: "no")) },
        GateCase(
            .throttle,
            "throttled",
            "GES turned away the restart of other-1 and asks for no other one until "
                + "2026-11-23T10:10:00Z"
        ) { $0.restartAnother(.throttled(retryAfter: .seconds(600))) },
        GateCase(
            .efficacy,
            "ineffective",
            "restarts do not help: of the 3 graphs that were restarted last, 2 did not come back: "
                + "other-2, other-3; a person must acknowledge them, or it ends at "
                + "2026-11-24T05:00:00Z"
        ) { $0.remember([.verified, .notRecovered, .stalled]) },
        GateCase(
            .precision,
            "precision",
            "a person must approve it: 1 of 2 unresponsive decisions for entry \"prod\" were right, "
                + "50 % (at least 9.4 % with 95 % confidence); auto needs 10 judged ones and 95 %"
        ) {
            $0.require(0.95, of: 10)
            $0.remember(right: 1, wrong: 1)
        },
        GateCase(
            .jobList,
            "job_list",
            "reading the job list: others may have restarted it while the agent saw nothing"
        ) { $0.machine.expectJobList() },
    ]
}
