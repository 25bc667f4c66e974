/// The shipped rules with waiting times of seconds.
package enum HangRules {
    /// - Parameters:
    ///   - window: in which nothing may answer. It must cover several polls, each of which waits for
    ///     a hanging graph.
    ///   - period: how long that must last.
    package static func text(window: String, period: String, stuck: String) -> String {
        """
        groups:
          - name: hangs
            rules:
              - alert: GraphUnresponsive
                expr: |
                  count by (graph_id) (
                    max_over_time(ges_graph_probe_success[\(window)]) == 0
                  ) >= 2
                  and on (graph_id) ges_graph_status_code == 200
                for: \(period)
                labels: {remediate: restart, hang: unresponsive}
                annotations: {summary: "Graph {{ $labels.graph_id }} does not answer"}
        \(rule("GraphImportStuck", "import", 202, window, stuck))
        \(rule("GraphExportStuck", "export", 204, window, stuck))
        \(rule("GraphClearStuck", "clear", 205, window, stuck))
        """
    }

    private static func rule(
        _ alert: String,
        _ hang: String,
        _ status: Int,
        _ window: String,
        _ period: String
    ) -> String {
        """
              - alert: \(alert)
                expr: |
                  time() - ges_graph_status_change_timestamp_seconds > 1
                  and on (graph_id) ges_graph_status_code == \(status)
                  unless on (graph_id) changes(ges_graph_task_progress_ratio[\(window)]) > 0
                for: \(period)
                labels: {remediate: restart, hang: \(hang)}
                annotations: {summary: "Graph {{ $labels.graph_id }} is stuck in \(status)"}
        """
    }
}
