/// Rules and their unit tests, on which promtool and graphwarden must agree.
enum RuleTestSamples {
    /// The alert life cycle, and the features of templates.
    static let rules = """
        groups:
          - name: second
            rules:
              - {record: "graph:up:sum", expr: sum by (region) (graph:up)}
          - name: first
            rules:
              - {record: "graph:up", expr: up == 1, labels: {source: own, region: north}}
              - {record: "up:count5m", expr: "count_over_time(up[5m])"}
              - alert: Down
                expr: up == 0
                for: 2m
                keep_firing_for: 3m
                labels: {severity: "{{ if gt $value -1.0 }}page{{ else }}none{{ end }}"}
                annotations:
                  site: "{{ $externalLabels.site }}"
                  numbers: '{{ humanize 1234567.0 }} {{ humanize1024 1048576.0 }} {{ humanizeDuration 93784.5 }} {{ humanizePercentage 0.1234567 }} {{ humanizeTimestamp 1435065584.128 }}'
                  small: '{{ humanize 0.00012 }} {{ humanizeDuration 0.0123 }} {{ humanize1024 0.5 }}'
                  text: '{{ title "a graph" }} {{ toUpper "x" }} {{ toLower "Y" }} {{ reReplaceAll "(a)b" "x$1" "ab" }} {{ match "a+" "baa" }} {{ stripPort "h:80" }}'
                  print: '{{ printf "%s %q %d %v %.2f %5.1f %t %%" "s" "q" 3 $value 2.345 1.25 true }}'
                  query: '{{ range query "sort_desc(size)" }}{{ .Labels.graph }}={{ .Value }};{{ end }}{{ with query "size" | sortByLabel "graph" }}{{ . | first | label "graph" }}{{ end }}'
                  url: '{{ $externalURL }} {{ graphLink "up == 0" }}'
                  loop: '{{ range $i, $s := query "size" | sortByLabel "graph" }}{{ if eq $i 1 }}{{ break }}{{ else }}{{ $s.Labels.graph }}{{ end }}{{ end }}{{ range query "none" }}x{{ else }}empty{{ end }}'
                  define: '{{ define "t" }}<{{ .arg0 }}>{{ end }}{{ template "t" (args 1) }}'
              - {alert: Quick, expr: up == 0}
              - {alert: Short, expr: up == 0, for: 10s}
          - name: failing
            rules: [{alert: Twin, expr: twin, labels: {graph: x}}]
        """

    /// Tests that pass, one whose rule fails, and one that expects a missing alert.
    static let life = """
        rule_files: [rul*.yml, rules.yml, none*.yml]
        evaluation_interval: 1m
        group_eval_order: [first, second]
        tests:
          - name: life
            interval: 1m
            external_labels: {site: here}
            external_url: http://host:9090/path
            input_series:
              - {series: 'up{graph="a"}', values: '0 0 0 0 1 1 1 1 1 0'}
              - {series: 'up{graph="b"}', values: '1+0x9'}
              - {series: 'size{graph="x"}', values: '1x9'}
              - {series: 'size{graph="w"}', values: '2x9'}
            alert_rule_test:
              - {eval_time: 1m59s, alertname: Down}
              - eval_time: 3m
                alertname: Down
                exp_alerts:
                  - exp_labels: {graph: a, severity: page}
                    exp_annotations:
                      site: here
                      numbers: 1.235M 1Mi 1d 2h 3m 4s 12.35% 2015-06-23 13:19:44.128 +0000 UTC
                      small: 120u 12.3ms 0.5
                      text: A Graph X y xa true h
                      print: 's "q" 3 0 2.35   1.2 true %'
                      query: w=2;x=1;w
                      url: http://host:9090/path /graph?g0.expr=up+%3D%3D+0&g0.tab=0
                      loop: wempty
                      define: <1>
              - {eval_time: 0m, alertname: Quick, exp_alerts: [{exp_labels: {graph: a}}]}
              - {eval_time: 0m, alertname: Short}
              - {eval_time: 1m, alertname: Short, exp_alerts: [{exp_labels: {graph: a}}]}
              - {eval_time: 5m, alertname: Short}
            promql_expr_test:
              - {expr: "graph:up:sum", eval_time: 3m, exp_samples: [{labels: 'graph:up:sum{region="north"}', value: 1}]}
              - {expr: "up:count5m", eval_time: 9m, exp_samples: [{labels: 'up:count5m{graph="a"}', value: 6}, {labels: 'up:count5m{graph="b"}', value: 6}]}
              - {expr: "count(ALERTS{alertname='Down',alertstate='firing'})", eval_time: 6m, exp_samples: [{labels: '{}', value: 1}]}
              - {expr: "max_over_time(sum(up)[3m:1m])", eval_time: 5m, exp_samples: [{value: 2}]}
              - {expr: "1 + 1", eval_time: 1m, exp_samples: [{value: 2}]}
          - name: errors
            interval: 1m
            input_series:
              - {series: 'twin{graph="a"}', values: '1'}
              - {series: 'twin{graph="b"}', values: '1'}
            alert_rule_test: [{eval_time: 1m, alertname: Twin}]
          - name: wrong
            interval: 1m
            input_series:
              - {series: 'up{graph="a"}', values: '0 _ stale 1'}
            alert_rule_test:
              - {eval_time: 0m, alertname: Quick}
              - {eval_time: 3m, alertname: Quick, exp_alerts: [{exp_labels: {graph: a}}]}
            promql_expr_test:
              - {expr: up, eval_time: 1m, exp_samples: [{labels: 'up{graph="a"}', value: 1}]}
              - {expr: up, eval_time: 2m, exp_samples: [{labels: 'up{graph="a"}', value: 0}]}
              - {expr: "up[5m]", eval_time: 2m}
        """

    /// Intervals that differ from those of the data; times at the boundaries of ranges and
    /// intervals.
    static let times = """
        rule_files: [rules.yml]
        evaluation_interval: 30s
        tests:
          - interval: 1m
            input_series:
              - {series: 'up{graph="a"}', values: '0x2 1x2 0x20'}
            alert_rule_test:
              - {eval_time: 2m, alertname: Down, exp_alerts: [{exp_labels: {graph: a}}]}
              - {eval_time: 12m30s, alertname: Quick, exp_alerts: [{exp_labels: {graph: a}}]}
            promql_expr_test:
              - {expr: "ALERTS", eval_time: 3m, exp_samples: []}
              - {expr: "ALERTS_FOR_STATE{alertname='Quick'}", eval_time: 1h, exp_samples: []}
              - {expr: "up / 0 > 1", eval_time: 2m}
              - {expr: "vector(0.1) + 0.2", eval_time: 2m, exp_samples: [{labels: '{}', value: 0.3}]}
              - {expr: "vector(0.1)", eval_time: 2m, exp_samples: [{value: 0.1}]}
              - {expr: "vector(1) / 0", eval_time: 2m, exp_samples: [{labels: '', value: +.inf}]}
              - {expr: "up offset -1m", eval_time: 2m, exp_samples: [{labels: 'up{graph="a"}', value: 1}]}
              - {expr: "up[", eval_time: 2m}
              - {expr: "foo", eval_time: 1h30m, exp_samples: [{labels: foo, value: 1}]}
          - interval: 5m
            name: times
            input_series:
              - {series: 'up', values: '0 1'}
            promql_expr_test:
              - {expr: "count_over_time(up[5m])", eval_time: 5m, exp_samples: [{labels: '{}', value: 2}]}
              - {expr: "up", eval_time: 10m, exp_samples: [{labels: 'up', value: 1}]}
              - {expr: "rate(up[5m])", eval_time: 5m, exp_samples: [{labels: '{}', value: 0.0033333333333333335}]}
              - {expr: "time()", eval_time: 90s, exp_samples: [{value: 90}]}
        """

    /// Complete test files that contain a mistake or are empty.
    static let forms = [
        "", "tests: []", "tests: [{}]", "rule_files: [nothere*.yml]", "foo: 1",
        "tests: [{input_seriess: []}]", "rule_files: rules.yml", "evaluation_interval: x",
        "evaluation_interval: 0s", "group_eval_order: [a, a]", "tests: [{name: a, name: b}]",
        "rule_files: [broken.yml]\ntests: [{interval: 1m}]",
        "tests: [{interval: 1m, alert_rule_test: [{eval_time: 1m}]}]",
        "tests: [{interval: 1m, input_series: [{series: m, values: 1y}]}]",
        "tests: [{interval: 1m, input_series: [{series: 'm{', values: 1}]}]",
        "tests: [{interval: 1m, input_series: [{series: m, values: 1 2 3x}]}]",
        "tests: [{interval: 1m, input_series: [{series: m, values: '1\n\n2'}]}]",
        "tests: [{interval: 1m, input_series: [{series: m, values: stalex2 NaN}]}]",
        "tests: [{interval: 1m, input_series: [{series: m}]}]",
        "tests: [{interval: 1m, input_series: [{values: 1}]}]",
        "tests: [{interval: 1m, promql_expr_test: [{eval_time: 1m}]}]",
        "tests: [{interval: 1m, promql_expr_test: [{expr: m, exp_samples: [{labels: '{'}]}]}]",
        "tests: [{interval: 1m, promql_expr_test: [{expr: m, exp_samples: [{value: x}]}]}]",
    ]
}
