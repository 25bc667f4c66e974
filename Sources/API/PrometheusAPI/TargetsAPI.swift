import Cycle
import JSON
import Listener
import Time

/// `/api/v1/targets`: what the agent polls, in the form of Prometheus' scrape targets. The pool
/// `ges_api` has the listing of graphs, the pool `paths` the ways to the graphs.
struct TargetsAPI: Sendable {
    let board: StatusBoard

    var routes: [Route] {
        [
            Route("GET", "/api/v1/targets") { request in
                let state = request.queryValue("state")?.lowercased() ?? "any"
                guard ["any", "active", "dropped"].contains(state) else {
                    return APIResponse.failure(
                        400,
                        "bad_data",
                        "state must be active, dropped or any, not \"\(state)\""
                    )
                }
                let pool = request.queryValue("scrapePool") ?? ""
                let active = state == "dropped" ? [] : targets
                return APIResponse.success([
                    "activeTargets": .array(
                        active.filter { pool.isEmpty || $0.pool == pool }.map(json)
                    ),
                    "droppedTargets": [],
                    "droppedTargetCounts": [:],
                ])
            }
        ]
    }

    private struct Target {
        var pool: String
        var labels: [(String, String)]
        var url: String
        /// Nil while unknown.
        var isUp: Bool?
        var lastError = ""
        var lastPoll: Timestamp?
    }

    private var targets: [Target] {
        let status = board.current
        return [Self.listing(status, board.configuration?.source)] + Self.paths(status)
    }

    private static func listing(
        _ status: Status,
        _ source: ConfigurationInForce.Source?
    ) -> Target {
        let inventory = status.inventory
        let wasTried = inventory.lastFailure != nil || inventory.lastSuccess != nil
        return Target(
            pool: "ges_api",
            labels: [
                ("project_id", status.settings?.vantage.projectID ?? ""),
                ("region", status.settings?.vantage.region ?? ""),
            ],
            url: source?.url ?? "",
            isUp: wasTried ? inventory.lastFailure == nil : nil,
            lastError: inventory.lastFailure?.text ?? "",
            lastPoll: inventory.lastFailure == nil ? inventory.lastSuccess : status.at
        )
    }

    private static func paths(_ status: Status) -> [Target] {
        status.samples.filter { $0.metric == .pathUp }.map { sample in
            let path = sample.labelValues.first ?? ""
            return Target(
                pool: "paths",
                labels: [("path", path)],
                url: path,
                isUp: sample.value == 1,
                lastError: sample.value == 1
                    ? "" : "no graph and no canary on this path accepts connections",
                lastPoll: status.at
            )
        }
    }

    private func json(_ target: Target) -> JSONValue {
        let source = board.configuration?.source
        let labels = target.labels + [("instance", target.url), ("job", target.pool)]
        return [
            "discoveredLabels": [:],
            "labels": .object(
                labels.sorted { $0.0 < $1.0 }.map { JSONMember($0.0, .string($0.1)) }
            ),
            "scrapePool": .string(target.pool),
            "scrapeUrl": .string(target.url),
            "globalUrl": .string(target.url),
            "lastError": .string(target.lastError),
            // Go's zero time, for a target that was not polled yet.
            "lastScrape": .string(target.lastPoll?.rfc3339 ?? "0001-01-01T00:00:00Z"),
            // Not kept per target; see graphwarden_sampling metrics.
            "lastScrapeDuration": 0,
            "health": .string(target.isUp.map { $0 ? "up" : "down" } ?? "unknown"),
            "scrapeInterval": .string(PrometheusDuration.format(source?.interval ?? .zero)),
            "scrapeTimeout": .string(PrometheusDuration.format(source?.timeout ?? .zero)),
        ]
    }
}
