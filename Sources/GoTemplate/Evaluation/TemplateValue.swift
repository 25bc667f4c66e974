import GoText

/// A value in a template, of one of the Go types that Prometheus' templates handle.
enum TemplateValue: Sendable, Hashable {
    case nothing
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// `map[string]string`; a missing key gives the empty string.
    case labels([String: String])
    /// `map[string]interface{}`; a missing key gives nothing.
    case map([String: TemplateValue])
    /// The initial dot of a template: a struct, so any other field is an error.
    case fields([String: TemplateValue])
    case list([TemplateValue])
    case sample(TemplateSample)
    /// Seconds since the Unix epoch.
    case time(Double)
    /// Nanoseconds.
    case duration(Int64)
    /// A value that only an expansion knows, of the named Go type; nil if the type is unknown too.
    case unknown(String?)

    /// The name of the Go type, for messages.
    var typeName: String {
        switch self {
        case .nothing: "<nil>"
        case .bool: "bool"
        case .integer: "int"
        case .number: "float64"
        case .string: "string"
        case .labels: "map[string]string"
        case .map: "map[string]interface {}"
        case .fields:
            "struct { Labels map[string]string; ExternalLabels map[string]string; "
                + "ExternalURL string; Value interface {} }"
        case .list: "template.queryResult"
        case .sample: "*template.sample"
        case .time: "*time.Time"
        case .duration: "*time.Duration"
        case .unknown(let name): name ?? "interface {}"
        }
    }

    /// Whether `if` and `with` take it as true: everything but the zero value of its type.
    var isTrue: Bool {
        switch self {
        case .nothing: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let value): !value.isEmpty
        case .labels(let value): !value.isEmpty
        case .map(let value): !value.isEmpty
        case .list(let value): !value.isEmpty
        case .fields, .sample, .time, .duration, .unknown: true
        }
    }

    /// The text that `{{ value }}` prints.
    var text: String {
        switch self {
        case .nothing: "<no value>"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): GoFloat.format(value)
        case .string(let value): value
        case .labels(let value): Self.mapText(value.mapValues(TemplateValue.string))
        case .map(let value): Self.mapText(value)
        case .fields(let value):
            "{"
                + ["Labels", "ExternalLabels", "ExternalURL", "Value"]
                .compactMap { value[$0]?.text }.joined(separator: " ") + "}"
        case .list(let value): "[" + value.map(\.text).joined(separator: " ") + "]"
        case .sample(let sample):
            "{\(TemplateValue.labels(sample.labels).text) \(GoFloat.format(sample.value))}"
        case .time(let seconds): GoTime.format(seconds: seconds)
        case .duration(let nanoseconds): GoTime.format(nanoseconds: nanoseconds)
        case .unknown(let name): "<\(name ?? "value")>"
        }
    }

    private static func mapText(_ map: [String: TemplateValue]) -> String {
        let pairs = map.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }
        return "map[" + pairs.joined(separator: " ") + "]"
    }
}
