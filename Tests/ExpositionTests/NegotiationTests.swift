import Exposition
import Testing

private let text = "text/plain; version=0.0.4; charset=utf-8"
private let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"

@Test(
    "the Accept field decides the format",
    arguments: [
        (nil, text), ("", text), ("*/*", text), ("text/html", text), ("text/*;q=0.1", text),
        ("application/openmetrics-text", openMetrics),
        ("APPLICATION/OpenMetrics-Text ; Version=\"1.0.0\"", openMetrics),
        (
            "application/openmetrics-text; version=0.0.1",
            "application/openmetrics-text; version=0.0.1; charset=utf-8"
        ),
        ("application/openmetrics-text; version=2.0.0, text/plain;q=0.1", text),
        ("application/openmetrics-text; version=2.0.0", text),
        ("text/plain;version=0.0.4;q=0.3,application/openmetrics-text;q=0.2", text),
        ("text/plain;version=0.0.4;q=0.2,application/openmetrics-text;q=0.3", openMetrics),
        ("text/plain, application/openmetrics-text", text),
        ("application/openmetrics-text, text/plain", openMetrics),
        ("application/openmetrics-text;q=0, text/plain;q=0.1", text),
        ("application/openmetrics-text;q=2", text),
        ("application/openmetrics-text;q=x", text),
        ("application/openmetrics-text;version", text),
        (";;;,,,=", text),
    ] as [(String?, String)]
)
func acceptDecides(accept: String?, contentType: String) {
    #expect(ExpositionFormat.negotiate(accept: accept).contentType == contentType)
}

@Test("Prometheus 2.42 gets OpenMetrics")
func prometheus2() {
    let accept =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1"
        + ";q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    #expect(ExpositionFormat.negotiate(accept: accept).contentType == openMetrics)
}

@Test("Prometheus 3 gets OpenMetrics with the requested escaping")
func prometheus3() {
    let accept =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
        + "application/openmetrics-text;version=0.0.1;q=0.4,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
        + "*/*;q=0.1"
    let format = ExpositionFormat.negotiate(accept: accept)
    #expect(format.contentType == openMetrics + "; escaping=allow-utf-8")
}

@Test("Prometheus 3 with native histograms prefers protobuf and gets OpenMetrics")
func prometheusProtobuf() {
    let accept =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
        + "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"
    #expect(ExpositionFormat.negotiate(accept: accept).contentType == openMetrics)
}

@Test(
    "text 1.0.0 names its escaping",
    arguments: [
        ("", "underscores"), (";escaping=values", "values"), (";escaping=x", "underscores"),
    ]
)
func textOne(parameter: String, escaping: String) {
    let format = ExpositionFormat.negotiate(accept: "text/plain;version=1.0.0" + parameter)
    let expected = "text/plain; version=1.0.0; charset=utf-8; escaping=" + escaping
    #expect(format.contentType == expected)
    #expect(format.encode(everyKind) == TextFormat.encode(everyKind))
}

@Test("the content type matches the body")
func contentTypeFitsBytes() {
    let format = ExpositionFormat.negotiate(accept: "application/openmetrics-text")
    #expect(format.encode(everyKind) == OpenMetricsFormat.encode(everyKind))
    #expect(ExpositionFormat.fallback.encode(everyKind) == TextFormat.encode(everyKind))
}
