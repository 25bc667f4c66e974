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

    // MARK: Text

    /// The text that `{{ value }}` prints, for messages: a long one is cut.
    var text: String {
        var bounded = BoundedText(maximumBytes: Self.maximumBytesInMessage)
        do throws(TemplateError) {
            try write(to: &bounded)
            return bounded.text
        } catch {
            if case .string(let text) = self { bounded.appendPrefix(of: text) }
            return bounded.text
        }
    }

    private static let maximumBytesInMessage = 1 << 10

    /// Writes the text that `{{ value }}` prints.
    func write(to output: inout BoundedText) throws(TemplateError) {
        switch self {
        case .nothing: try output.append("<no value>")
        case .bool(let value): try output.append(String(value))
        case .integer(let value): try output.append(String(value))
        case .number(let value): try output.append(GoFloat.format(value))
        case .string(let value): try output.append(value)
        case .labels(let value): try Self.write(value, to: &output)
        case .map(let value):
            try Self.write(value.sorted { $0.key < $1.key }, ("map[", "]"), to: &output) {
                (pair, output) throws(TemplateError) in
                try output.append(pair.key + ":")
                try pair.value.write(to: &output)
            }
        case .fields(let value):
            let names = ["Labels", "ExternalLabels", "ExternalURL", "Value"]
            try Self.write(names.compactMap { value[$0] }, ("{", "}"), to: &output) {
                (value, output) throws(TemplateError) in try value.write(to: &output)
            }
        case .list(let values):
            try Self.write(values, ("[", "]"), to: &output) {
                (value, output) throws(TemplateError) in try value.write(to: &output)
            }
        case .sample(let sample):
            try output.append("{")
            try Self.write(sample.labels, to: &output)
            try output.append(" \(GoFloat.format(sample.value))}")
        case .time(let seconds): try output.append(GoTime.format(seconds: seconds))
        case .duration(let nanoseconds):
            try output.append(GoTime.format(nanoseconds: nanoseconds))
        case .unknown(let name): try output.append("<\(name ?? "value")>")
        }
    }

    private static func write(
        _ labels: [String: String],
        to output: inout BoundedText
    ) throws(TemplateError) {
        try write(labels.sorted { $0.key < $1.key }, ("map[", "]"), to: &output) {
            (label, output) throws(TemplateError) in
            try output.append(label.key + ":")
            try output.append(label.value)
        }
    }

    /// Elements between two brackets, separated by spaces.
    private static func write<Element>(
        _ elements: [Element],
        _ brackets: (String, String),
        to output: inout BoundedText,
        _ element: (Element, inout BoundedText) throws(TemplateError) -> Void
    ) throws(TemplateError) {
        try output.append(brackets.0)
        for (index, value) in elements.enumerated() {
            if index > 0 { try output.append(" ") }
            try element(value, &output)
        }
        try output.append(brackets.1)
    }
}
