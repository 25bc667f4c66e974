import Exposition
import Testing

@Test("text 0.0.4 follows its specification")
func textGolden() {
    let expected = #"""
        # HELP ges_graph_info Description of a graph.
        # TYPE ges_graph_info gauge
        ges_graph_info{graph_id="a",graph_name="知识图谱"} 1
        ges_graph_info{graph_id="b",graph_name="back\\slash, \"quote\" and\nnewline"} 1
        # HELP ges_graph_job_duration_seconds Duration of jobs.
        # TYPE ges_graph_job_duration_seconds summary
        ges_graph_job_duration_seconds{graph_id="g1",quantile="0.5"} 60
        ges_graph_job_duration_seconds{graph_id="g1",quantile="0.99"} 61.5
        ges_graph_job_duration_seconds_sum{graph_id="g1"} 181.5
        ges_graph_job_duration_seconds_count{graph_id="g1"} 3
        # HELP ges_graph_memory_used_ratio Memory in use.
        # TYPE ges_graph_memory_used_ratio gauge
        ges_graph_memory_used_ratio{graph_id="g1"} 1 1763932800050
        ges_graph_memory_used_ratio{graph_id="g2"} 0.5
        # HELP graphwarden_api_requests_total Requests, with "quotes", a \\ and\na second line.
        # TYPE graphwarden_api_requests_total counter
        graphwarden_api_requests_total 1.234567e+06
        # HELP graphwarden_rule_evaluation_duration_seconds Time to evaluate a rule group.
        # TYPE graphwarden_rule_evaluation_duration_seconds histogram
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="0.005"} 1
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="1.0"} 3
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="2.5"} 3
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="1e+06"} 6
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="+Inf"} 10
        graphwarden_rule_evaluation_duration_seconds_sum{rule_group="hang"} 12.5
        graphwarden_rule_evaluation_duration_seconds_count{rule_group="hang"} 10

        """#
    #expect(String(decoding: TextFormat.encode(everyKind), as: UTF8.self) == expected)
}

@Test("OpenMetrics 1.0 follows its specification")
func openMetricsGolden() {
    let expected = #"""
        # TYPE ges_graph info
        # HELP ges_graph Description of a graph.
        ges_graph_info{graph_id="a",graph_name="知识图谱"} 1.0
        ges_graph_info{graph_id="b",graph_name="back\\slash, \"quote\" and\nnewline"} 1.0
        # TYPE ges_graph_job_duration_seconds summary
        # UNIT ges_graph_job_duration_seconds seconds
        # HELP ges_graph_job_duration_seconds Duration of jobs.
        ges_graph_job_duration_seconds{graph_id="g1",quantile="0.5"} 60.0
        ges_graph_job_duration_seconds{graph_id="g1",quantile="0.99"} 61.5
        ges_graph_job_duration_seconds_sum{graph_id="g1"} 181.5
        ges_graph_job_duration_seconds_count{graph_id="g1"} 3
        # TYPE ges_graph_memory_used_ratio gauge
        # UNIT ges_graph_memory_used_ratio ratio
        # HELP ges_graph_memory_used_ratio Memory in use.
        ges_graph_memory_used_ratio{graph_id="g1"} 1.0 1763932800.050
        ges_graph_memory_used_ratio{graph_id="g2"} 0.5
        # TYPE graphwarden_api_requests counter
        # HELP graphwarden_api_requests Requests, with \"quotes\", a \\ and\na second line.
        graphwarden_api_requests_total 1.234567e+06
        # TYPE graphwarden_rule_evaluation_duration_seconds histogram
        # UNIT graphwarden_rule_evaluation_duration_seconds seconds
        # HELP graphwarden_rule_evaluation_duration_seconds Time to evaluate a rule group.
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="0.005"} 1
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="1.0"} 3
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="2.5"} 3
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="1e+06"} 6
        graphwarden_rule_evaluation_duration_seconds_bucket{rule_group="hang",le="+Inf"} 10
        graphwarden_rule_evaluation_duration_seconds_sum{rule_group="hang"} 12.5
        graphwarden_rule_evaluation_duration_seconds_count{rule_group="hang"} 10
        # EOF

        """#
    #expect(String(decoding: OpenMetricsFormat.encode(everyKind), as: UTF8.self) == expected)
}

@Test("an empty exposition is empty in text and one line in OpenMetrics")
func emptyExposition() {
    #expect(TextFormat.encode([]).isEmpty)
    #expect(OpenMetricsFormat.encode([]) == Array("# EOF\n".utf8))
}

@Test("the series of a family are counted like a scraper does")
func seriesCount() {
    #expect(everyKind.map(\.seriesCount) == [7, 2, 1, 2, 4, 0])
}

@Test(
    "families keep their order between the formats although names lose their suffixes",
    arguments: [["a_total", "a_b"], ["b_info", "a"], ["a", "a_total"]]
)
func openMetricsSortsByItsOwnNames(names: [String]) {
    let families = names.map { name in
        MetricFamily(
            name,
            help: "x",
            kind: name.hasSuffix("_total") ? .counter : name.hasSuffix("_info") ? .info : .gauge,
            samples: [MetricSample([], 1)]
        )
    }
    let lines = String(decoding: OpenMetricsFormat.encode(families), as: UTF8.self)
        .split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        .map { $0.split(separator: " ")[2] }
    #expect(lines == lines.sorted())
}
