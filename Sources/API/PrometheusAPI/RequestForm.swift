import GoText
import Listener
import PromQL
import Series
import Time

/// The parameters of a request, read as Prometheus reads them: form fields take precedence over the
/// query string, and an empty value counts as absent.
struct RequestForm {
    private let items: [ServerRequest.QueryItem]

    init(_ request: ServerRequest) throws(QueryFailure) {
        let contentType = request.headers["Content-Type"]?.lowercased() ?? ""
        guard request.method == "POST",
            contentType.hasPrefix("application/x-www-form-urlencoded")
        else {
            items = request.query
            return
        }
        guard let form = request.formItems else {
            throw .badData("error parsing form values: invalid URL escape")
        }
        items = form + request.query
    }

    /// The first value of a parameter; empty if it is absent.
    func text(_ name: String) -> String {
        items.first { $0.name == name }?.value ?? ""
    }

    func texts(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }

    // MARK: Time

    /// nil if the parameter is absent.
    func optionalTime(_ name: String) throws(QueryFailure) -> Timestamp? {
        let text = text(name)
        if text.isEmpty { return nil }
        guard let time = Self.time(text) else {
            throw .parameter(
                name,
                "invalid time value for '\(name)': cannot parse \(text.goQuoted) "
                    + "to a valid timestamp"
            )
        }
        return time
    }

    func time(_ name: String) throws(QueryFailure) -> Timestamp {
        let text = text(name)
        guard let time = Self.time(text) else {
            throw .parameter(name, "cannot parse \(text.goQuoted) to a valid timestamp")
        }
        return time
    }

    /// Unix seconds or RFC 3339.
    private static func time(_ text: String) -> Timestamp? {
        if let seconds = number(text) { return Timestamp(seconds: seconds) }
        return Timestamp(rfc3339: text)
    }

    /// nil if the parameter is absent.
    func optionalDuration(_ name: String) throws(QueryFailure) -> Duration? {
        text(name).isEmpty ? nil : try duration(name)
    }

    func duration(_ name: String) throws(QueryFailure) -> Duration {
        let text = text(name)
        do throws(DurationFailure) {
            return try Self.duration(text)
        } catch {
            throw .parameter(name, error.text)
        }
    }

    struct DurationFailure: Error {
        let text: String
    }

    /// Seconds or Prometheus' notation.
    static func duration(_ text: String) throws(DurationFailure) -> Duration {
        let shown = text.goQuoted
        if let seconds = number(text) {
            guard seconds.magnitude < 9_223_372_036 else {
                throw DurationFailure(
                    text: "cannot parse \(shown) to a valid duration. It overflows int64"
                )
            }
            return .seconds(seconds)
        }
        guard let duration = try? PrometheusDuration.parse(text) else {
            throw DurationFailure(text: "cannot parse \(shown) to a valid duration")
        }
        return duration
    }

    private static func number(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    // MARK: Other parameters

    /// 0, which is no limit, if the parameter is absent.
    func limit() throws(QueryFailure) -> Int {
        let text = text("limit")
        if text.isEmpty { return 0 }
        guard let limit = Int(text) else {
            throw .parameter(
                "limit",
                "strconv.Atoi: parsing \(text.goQuoted): invalid syntax"
            )
        }
        guard limit >= 0 else { throw .parameter("limit", "limit must be non-negative") }
        return limit
    }

    private static let maximumSelectors = 64

    /// The matchers of each `match[]`. A series must satisfy all matchers of at least one.
    func selectors() throws(QueryFailure) -> [[LabelMatcher]] {
        var selectors: [[LabelMatcher]] = []
        let written = texts("match[]")
        guard written.count <= Self.maximumSelectors else {
            throw .badData("more than \(Self.maximumSelectors) match[] parameters")
        }
        for text in written {
            do throws(ParseError) {
                selectors.append(try Expression.parseSelector(text).matchers)
            } catch {
                throw .badData("\(error)")
            }
        }
        for matchers in selectors where matchers.allSatisfy({ $0.matches("") }) {
            throw .badData("match[] must contain at least one non-empty matcher")
        }
        return selectors
    }
}
