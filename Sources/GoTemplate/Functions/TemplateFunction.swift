/// The functions that a template may call; the raw value is the name in the template.
enum TemplateFunction: String, CaseIterable, Sendable {
    // From Go's text/template.
    case and, or, not, len, index, slice, print, printf, println, html, js, urlquery
    case eq, ne, lt, le, gt, ge
    // From Prometheus' template/template.go.
    case query, first, label, value, strvalue, args, reReplaceAll, match, title, toUpper, toLower
    case safeHtml, sortByLabel, stripPort, stripDomain
    case humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp
    case toTime, toDuration, now, parseDuration
    case graphLink, tableLink, externalURL, pathPrefix, urlQueryEscape

    /// How many arguments it takes, including the piped one.
    var arity: ClosedRange<Int> {
        switch self {
        case .print, .println, .html, .js, .urlquery, .args: 0 ... .max
        case .and, .or, .printf, .index, .slice: 1 ... .max
        case .eq: 2 ... .max
        case .now, .externalURL, .pathPrefix: 0...0
        case .ne, .lt, .le, .gt, .ge, .label, .match, .sortByLabel: 2...2
        case .reReplaceAll: 3...3
        default: 1...1
        }
    }
}
