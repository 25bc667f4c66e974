package import Rules

/// Twelve typical rules of a fleet: four thresholds, four windows, four aggregates.
package enum FleetRules {
    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String
    }

    package static func file() throws(Unreadable) -> RuleFile {
        let (file, issues) = RuleFile.parse(text, file: "fleet.yml")
        guard let file else { throw Unreadable(description: "\(issues)") }
        return file
    }

    package static let text = """
        groups:
          - name: thresholds
            rules:
              - alert: GraphDown
                expr: graph_probe_success == 0
                for: 30s
                keep_firing_for: 1m
                labels: {severity: critical}
                annotations:
                  summary: '{{ $labels.graph }} in {{ $labels.region }} answers {{ $value }}'
              - alert: GraphDownThoughRunning
                expr: graph_probe_success == 0 and on (graph) graph_state{state="running"} == 1
                for: 30s
                labels: {severity: critical}
              - alert: ProbeSlow
                expr: graph_probe_duration_seconds > 0.5
              - alert: CommitOld
                expr: time() - graph_last_commit_timestamp_seconds > 600
          - name: windows
            rules:
              - alert: QueueStuck
                expr: graph_queries_queued > 0 and on (graph) rate(graph_queries_total[1m]) == 0
                for: 30s
                labels: {severity: warning}
              - alert: ProbesMostlyFail
                expr: avg_over_time(graph_probe_success[1m]) < 0.5
              - alert: ProbeBudgetBurns
                expr: >-
                  (1 - avg_over_time(graph_probe_success[5m])) > 0.1
                  and (1 - avg_over_time(graph_probe_success[1m])) > 0.1
              - alert: ProbeWasVerySlow
                expr: max_over_time(graph_probe_duration_seconds[5m]) > 1
          - name: aggregates
            rules:
              - record: region:graph_probe_success:avg
                expr: avg by (region) (graph_probe_success)
              - record: region_tier:graph_queries:rate1m
                expr: sum by (region, tier) (rate(graph_queries_total[1m]))
              - alert: RegionDown
                expr: region:graph_probe_success:avg < 0.5
              - alert: ProbesSlowest
                expr: topk(5, graph_probe_duration_seconds) > 1
        """ + "\n"
}
