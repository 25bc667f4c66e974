import GoText
import Listener
import PromQL
import Series
import Time

/// The parameters of a request, read as Prometheus reads them: fields of a URL-encoded form take
/// precedence over the query string, which takes precedence over fields of a multipart form, and an
/// empty value counts as absent.
struct RequestForm {
    private let items: [ServerRequest.QueryItem]

    init(_ request: ServerRequest) throws(QueryFailure) {
        let contentType = request.headers["Content-Type"] ?? ""
        let isURLEncoded = contentType.lowercased().hasPrefix("application/x-www-form-urlencoded")
        guard request.method == "POST", isURLEncoded else {
            items = request.query + (try Self.multipart(request, contentType))
            return
        }
        guard let form = request.formItems else {
            throw .badData("error parsing form values: invalid URL escape")
        }
        items = form + request.query
    }

    private static func multipart(
        _ request: ServerRequest,
        _ contentType: String
    ) throws(QueryFailure) -> [ServerRequest.QueryItem] {
        guard request.method == "POST" else { return [] }
        do throws(MultipartForm.Failure) {
            return try MultipartForm(request.body, contentType: contentType)?.fields ?? []
        } catch {
            throw .badData("error parsing form values: \(error.text)")
        }
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
        guard let seconds = GoFloat.parse(text) else { return Timestamp(rfc3339: text) }
        // Prometheus makes some moment of these; a client can mean none.
        return seconds.isFinite ? Timestamp(seconds: seconds) : nil
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
        if let seconds = GoFloat.parse(text) {
            guard seconds.magnitude < 9_223_372_036 else {
                throw DurationFailure(
                    text: "cannot parse \(shown) to a valid duration. It overflows int64"
                )
            }
            return exactly(seconds)
        }
        guard let duration = try? PrometheusDuration.parse(text) else {
            throw DurationFailure(text: "cannot parse \(shown) to a valid duration")
        }
        return duration
    }

    /// The duration that the decimal digits say. The nearest `Double` of 1.2 is a little less, so a
    /// plain conversion would be a millisecond short once it is cut to milliseconds. No digits
    /// beyond microseconds count.
    private static func exactly(_ seconds: Double) -> Duration {
        let whole = seconds.rounded(.towardZero)
        return .seconds(Int64(whole)) + .microseconds(Int64(((seconds - whole) * 1e6).rounded()))
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
        let selectors: [[LabelMatcher]]
        let written = texts("match[]")
        guard written.count <= Self.maximumSelectors else {
            throw .badData("more than \(Self.maximumSelectors) match[] parameters")
        }
        do throws(ParseError) {
            selectors = try Expression.parseSelectors(written).map(\.matchers)
        } catch {
            throw .badData("\(error)")
        }
        for matchers in selectors where matchers.allSatisfy({ $0.matches("") }) {
            throw .badData("match[] must contain at least one non-empty matcher")
        }
        return selectors
    }
}
