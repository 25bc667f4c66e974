import Exposition
import Listener
import Series
import Time
import Cycle

/// `/metrics`: the samples of the last step and the agent's own metrics. A scrape never sends a
/// request to the cloud.
struct MetricsAPI: Sendable {
    let path: String
    let board: StatusBoard
    let metrics: MetricRegistry
    let build: BuildInformation
    let started: Timestamp
    let refresh: @Sendable () -> Void
    let listener: @Sendable () -> ListenerStatistics?

    var routes: [Route] {
        [
            Route("GET", path, name: "/metrics") { request in
                let format = ExpositionFormat.negotiate(accept: request.headers["Accept"])
                let body = format.encode(families())
                return .response(
                    ServerResponse(
                        status: 200,
                        headers: ["Content-Type": format.contentType, "Vary": "Accept"],
                        body: body
                    )
                )
            }
        ]
    }

    private func families() -> [MetricFamily] {
        refresh()
        if let statistics = listener() { ListenerMeter.measure(statistics, in: metrics) }
        let families =
            graphFamilies() + metrics.families() + [buildFamily] + ProcessFamilies.all(started)
        return families.sorted { $0.name < $1.name }
    }

    private func graphFamilies() -> [MetricFamily] {
        let samples = Dictionary(grouping: board.current.samples, by: \.metric)
        return samples.map { metric, samples in
            MetricFamily(
                metric.rawValue,
                help: metric.help,
                kind: metric == .info ? .info : .gauge,
                unit: metric.unit,
                labelNames: metric.labelNames,
                samples: samples.map { MetricSample($0.labelValues, $0.value) }
            )
        }
    }

    private var buildFamily: MetricFamily {
        MetricFamily(
            "graphwarden_build_info",
            help: "A metric with a constant '1' value labeled by version, revision, branch and"
                + " swiftversion from which graphwarden was built, and the os and arch for the"
                + " build.",
            kind: .info,
            labelNames: ["version", "revision", "branch", "swiftversion", "os", "arch"],
            samples: [
                MetricSample(
                    [
                        build.version, build.revision, build.branch, build.swiftVersion,
                        build.operatingSystem, build.architecture,
                    ],
                    1
                )
            ]
        )
    }
}
