/// Expressions that Prometheus 3.5 and later refuse with the same message.
enum ExpressionMistakes {
    static let all = [
        // In an aggregation.
        #"sum(rate(x{a="b"}{c="d"}[1m]))"#, "sum by (a) (x x)", "sum(x,x y)", "topk(5, x y)",
        "sum(a + x{}{})", "count(sum(x y))", "sum((x y))", "sum by (a) x", "sum by (a)",
        "sum without (a) 1", "sum by (a) {", "sum(,)", "sum(x + )", "sum(-)", "sum(x == bool)",
        "sum(x by (a))", "sum(x offset 5m y)", "sum(x[5m:1m] y)", "abs(sum(x y) z)",
        // Beside an aggregation.
        "sum x", "sum(x) y", "sum by (a) (x) y", "sum by (a) (x) by (b)", "sum(x) by (a) y",
        "abs(sum(x) y)", "sum +", "sum(x)[5m]", "sum (x) without", "sum()", "sum(x))",
        "COUNT()) BY (job)", "avg(k10, foo)) == 52", "count(topk(x, y)", "topk(x)", "quantile(1)",
        "sum by (a b) (x)", "sum by (", "sum(x) by (a,", #"topk("a", x)"#, "count_values(x)",
        // Calls.
        "abs(x y)", "abs(1 2)", "abs(,)", "abs(x,)", "abs(x, )", "f(x,,y)", "round(x, >1)",
        "round(x, [1m])", #"label_replace(x, , "a", "b", "c")"#, "abs(x,", "abs(", "abs()",
        "abs(x,y)", "round(x,1,2)", "time(1)", "nosuch(x)", "nosuch x", "sum(nosuch(x) y)",
        "rate(x)", "rate(1)", "vector(x)", "scalar(1)", "abs(x[5m])",
        #"label_replace(x,"a","b","c")"#, #"label_replace(x,"a","b","c",1)"#,
        // Selectors.
        #"x{a="b"}{c="d"}"#, "x{", "x{a", "x{a=", #"x{a="b""#, #"x{a="b" c="d"}"#, "x{a=b}",
        #"x{a+"b"}"#, #"x{"a""#, #"x{a="b",,}"#, "x{,}", #"x{a="b",c}"#, #"x{a<"b"}"#,
        #"x{__name__="y"}"#, #"x{a=~"["}"#, "{}", "{a}", "x[", "x[5m", "x[5m:", "x[5m:1",
        "x[1m] [1m]", "(x)[1m]", "1[1m]", "x[0]", "x[1m:0s]", "x[1d1w]", "x @", "x @ y",
        "x @ start", "x @ start(", #"x @ "a""#, "x @ 1 @ 2", "x @ NaN", "1 offset 1m",
        "x[1m]offset 1m offset 1m", "(x) offset 1m",
        // Operators.
        "x +", "x + * y", "x on", "x + on", "x + on y", "x + on(", "x + on(a) group_left",
        "x + on(a) group_left, y", "x + on(a) group_left[1m] y", "x + group_left y",
        "x + bool y", "x == bool", "x == = y", "x = y", "x ! y", "x =~ y", "x and 1", "1 and 1",
        "x and on(a) group_left y", "x + on(a) group_left(a) y", "1 > 2", #""a" + 1"#,
        #"x + "a""#, "x[5m] + 1", "x or bool y", "1 foo", "1 1", #""a" "b""#, "x 1", "x y",
        // Literals and other characters.
        ")", "]", "}", "()", "(1", "1)", "x)", "a,b", "a;b", "a $ b", #""abc"#, "`abc", "5m5",
        "0x", "1e", "1..2", "1.2.3", "0xG", "1__0", #""\q""#, #""\xZZ""#, "on", "bool", "atan2",
        #"holt_winters_(a[5m])"#,
    ]
}

/// Templates that Prometheus loads and that fail when they run.
enum FailingTemplates {
    static let all = [
        "{{ value }}", "{{ $labels.a $labels.b }}", "{{ $value 1 }}", "{{ .Foo.Bar }}",
        "{{ $labels.a.b }}", "{{ .Value.x }}", "{{ $externalURL.x }}", "{{ 1 2 }}", "{{ nil }}",
        "{{ 1 | $value }}", "{{ 1 | .Labels }}", "{{ humanize }}", "{{ humanize nil }}",
        "{{ humanize $labels.none }}", "{{ $value | value }}", "{{ toUpper 5 }}",
        "{{ toUpper nil }}", "{{ toUpper . }}", "{{ toUpper (humanize 1 2) }}", "{{ label 5 1 }}",
        "{{ value nil }}", "{{ first nil }}", #"{{ query "nosuch" | first }}"#,
        #"{{ query "up" | value }}"#, #"{{ query "up +" }}"#, #"{{ query "up[5m]" | first }}"#,
        #"{{ (query "up" | first).Foo }}"#, #"{{ match "[" "x" }}"#,
        #"{{ reReplaceAll "[" "x" "y" }}"#, "{{ len 3 }}", "{{ index }}", "{{ index 1 2 }}",
        "{{ index $labels 1 }}", #"{{ index (query "up") 5 }}"#, #"{{ slice "abc" 2 1 }}"#,
        #"{{ eq 1 "a" }}"#, "{{ eq 1 }}", "{{ eq $labels $labels }}", "{{ lt true false }}",
        "{{ lt 1 1.5 }}", "{{ and 1 (value) }}", "{{ printf 1 }}", #"{{ template "x" }}"#,
        #"{{ define "x" }}a{{ value }}{{ end }}{{ template "x" }}"#,
        #"{{ block "y" 1 }}{{ . }}{{ .Foo }}{{ end }}"#, "{{ range $value }}x{{ end }}",
        "{{ range $i, $j := 3 }}{{ $i }}{{ end }}", "{{ with 5 }}{{ .Foo }}{{ end }}",
        "{{ if value }}x{{ end }}", "{{ $x := 1 }}{{ $x.y }}", "{{ ($labels.job).b }}",
        "{{ ($value) 1 }}", "{{ toTime 1e300 }}", #"{{ humanizeTimestamp "x" }}"#,
        "{{ (args 1 2).arg1.x }}", "{{ externalURL 1 }}", "{{ call $labels.a }}", "{{ call nil }}",
        #"{{ toUpper "a" | toLower 1 }}"#, #"{{ printf "%d" 5 | len | value }}"#,
        #"a{{ "é" }} {{ value }}"#, "{{ value   `raw` }}", "{{ value 0x10 }}", "{{- value -}}",
        "{{ $x = 1 }}", "{{ 9999999999999999999 }}", "{{ value | }}",
    ]
}

/// Values of series, correct and not.
enum SeriesForms {
    static let all = [
        "1 2 3", "0x3", "1x0", "_x3 1", "1+1x4", "1-0.5x9", "-1+2x3", "stale+0x3 5 5", "stale 1",
        "1 stale 2", "0x1000000", "5+0x2000000", "_ 1 _x2 2", "NaN 1", "nan+1x2", "Inf 1", "-Inf",
        "1e3 1_000", ".5 5.", "0.5+0.25x4", "1x-1", "1+1", "1x", "stalex3", "NaNx3", "infx2",
        "STALE", "1X3", "1x1_0", "1x1.5", "_+1x2", "1 2,3", "1a", "- 1", "1+ 1x2", "1+-1x2",
        "stale+stalex2", "1+1x2x3", "_1", "__", "x3", "1e", "",
    ]
}
