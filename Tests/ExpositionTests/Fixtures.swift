import Exposition

/// Families of every kind, with every escape, deliberately out of order.
let everyKind: [MetricFamily] = [
    MetricFamily(
        "graphwarden_rule_evaluation_duration_seconds",
        help: "Time to evaluate a rule group.",
        kind: .histogram,
        unit: "seconds",
        labelNames: ["rule_group"],
        samples: [
            MetricSample(
                ["hang"],
                .histogram(
                    HistogramValue(
                        bounds: [0.005, 1, 2.5, 1_000_000],
                        counts: [1, 2, 0, 3, 4],
                        sum: 12.5
                    )
                )
            )
        ]
    ),
    MetricFamily(
        "ges_graph_info",
        help: "Description of a graph.",
        kind: .info,
        labelNames: ["graph_id", "graph_name"],
        samples: [
            MetricSample(["b", "back\\slash, \"quote\" and\nnewline"], 1),
            MetricSample(["a", "知识图谱"], 1),
        ]
    ),
    MetricFamily(
        "graphwarden_api_requests_total",
        help: "Requests, with \"quotes\", a \\ and\na second line.",
        kind: .counter,
        samples: [MetricSample([], 1_234_567)]
    ),
    MetricFamily(
        "ges_graph_memory_used_ratio",
        help: "Memory in use.",
        kind: .gauge,
        unit: "ratio",
        labelNames: ["graph_id"],
        samples: [
            MetricSample(["g2"], 0.5),
            MetricSample(["g1"], 1, timestampMilliseconds: 1_763_932_800_050),
        ]
    ),
    MetricFamily(
        "ges_graph_job_duration_seconds",
        help: "Duration of jobs.",
        kind: .summary,
        unit: "seconds",
        labelNames: ["graph_id"],
        samples: [
            MetricSample(
                ["g1"],
                .summary(
                    SummaryValue(
                        quantiles: [.init(rank: 0.5, value: 60), .init(rank: 0.99, value: 61.5)],
                        sum: 181.5,
                        count: 3
                    )
                )
            )
        ]
    ),
    MetricFamily("ges_up", help: "Nothing known.", kind: .gauge, labelNames: ["project_id"]),
]

/// A fleet as the agent exposes it.
func fleet(graphs: Int) -> [MetricFamily] {
    let ids = (0..<graphs).map { "6f1c2d3e-0000-4000-8000-" + String(100_000_000_000 + $0) }
    let names = ["up", "status_code", "last_sample_timestamp_seconds", "disk_used_ratio"]
    let gauges = names.map { name in
        MetricFamily(
            "ges_graph_" + name,
            help: "One value of each graph.",
            kind: .gauge,
            labelNames: ["graph_id"],
            samples: ids.enumerated().map { MetricSample([$1], Double($0) / 7) }
        )
    }
    let info = MetricFamily(
        "ges_graph_info",
        help: "Description of a graph.",
        kind: .info,
        labelNames: ["graph_id", "graph_name"],
        samples: ids.map { MetricSample([$0, "prod-" + $0.suffix(5)], 1) }
    )
    return gauges + [info]
}
