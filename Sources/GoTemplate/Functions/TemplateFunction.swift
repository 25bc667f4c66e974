/// The functions that a template may call; the raw value is the name in the template.
enum TemplateFunction: String, CaseIterable, Sendable {
    // From Go's text/template.
    case and, or, not, len, index, slice, print, printf, println, html, js, urlquery, call
    case eq, ne, lt, le, gt, ge
    // From Prometheus' template/template.go.
    case query, first, label, value, strvalue, args, reReplaceAll, match, title, toUpper, toLower
    case safeHtml, sortByLabel, stripPort, stripDomain
    case humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp
    case toTime, toDuration, now, parseDuration
    case graphLink, tableLink, externalURL, pathPrefix, urlQueryEscape

    /// The types of the parameters, the piped one included.
    var parameters: [TemplateParameter] {
        switch self {
        case .print, .println, .html, .js, .urlquery, .args, .now, .externalURL, .pathPrefix: []
        case .and, .or, .not, .index, .slice, .len, .eq, .call: [.any]
        case .ne, .lt, .le, .gt, .ge: [.any, .any]
        case .humanize, .humanize1024, .humanizeDuration, .humanizePercentage, .humanizeTimestamp,
            .toTime, .toDuration:
            [.any]
        case .value, .strvalue: [.sample]
        case .first: [.samples]
        case .label: [.string, .sample]
        case .sortByLabel: [.string, .samples]
        case .match: [.string, .string]
        case .reReplaceAll: [.string, .string, .string]
        case .printf, .query, .title, .toUpper, .toLower, .safeHtml, .stripPort, .stripDomain,
            .parseDuration, .graphLink, .tableLink, .urlQueryEscape:
            [.string]
        }
    }

    /// Whether any number of arguments of any type may follow the parameters.
    var isVariadic: Bool {
        switch self {
        case .and, .or, .index, .slice, .eq, .call, .print, .printf, .println, .html, .js,
            .urlquery, .args:
            true
        default: false
        }
    }

    /// The type of the result, as Go names it; nil if it depends on the arguments.
    var resultType: String? {
        switch self {
        case .and, .or, .index, .slice, .call: nil
        case .not, .eq, .ne, .lt, .le, .gt, .ge, .match: "bool"
        case .len: "int"
        case .query, .sortByLabel: TemplateParameter.samples.rawValue
        case .first: TemplateParameter.sample.rawValue
        case .value, .now, .parseDuration: "float64"
        case .args: "map[string]interface {}"
        case .toTime: "*time.Time"
        case .toDuration: "*time.Duration"
        default: "string"
        }
    }
}

/// The type of a parameter; the raw value is the name in Go.
enum TemplateParameter: String {
    case string
    case sample = "*template.sample"
    case samples = "template.queryResult"
    /// `interface{}` or `reflect.Value`.
    case any
}
