import GESSimulator
import Time

/// The errors that plans can inject. Their text form is the code alone.
enum FaultText {
    static let reason = "simulated failure"

    private static let errors: [String: ServiceError] = Dictionary(
        uniqueKeysWithValues: [
            ServiceError(status: 503, code: "APIGW.0613", message: reason),
            ServiceError(status: 400, code: "GES.7016", message: reason),
            ServiceError(status: 500, code: "GES.7005", message: reason),
            ServiceError(status: 500, code: "GES.8602", message: reason),
            ServiceError(status: 500, code: "GES.9999", message: reason),
        ].map { ($0.code, $0) }
    )

    static func error(_ code: String) -> ServiceError {
        errors[code] ?? ServiceError(status: 500, code: code, message: reason)
    }
}

/// A line of a plan: a verb and named values, as in `3723.500s hang graph=3 class=import
/// restarts=1` after its time.
struct FaultWords {
    let verb: String
    private var values: [(name: String, value: String)] = []

    /// nil values are omitted.
    init(_ verb: String, _ values: [(String, String?)] = []) {
        self.verb = verb
        self.values = values.compactMap { name, value in value.map { (name, $0) } }
    }

    /// Returns nil if a word is not `name=value`.
    init?(_ words: some Collection<Substring>) {
        guard let verb = words.first else { return nil }
        self.verb = String(verb)
        for word in words.dropFirst() {
            let parts = word.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { return nil }
            values.append((String(parts[0]), String(parts[1])))
        }
    }

    subscript(name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    func number(_ name: String) -> Int? { self[name].flatMap { Int($0) } }
    func duration(_ name: String) -> Duration? { self[name].flatMap(Duration.init(seconds:)) }

    func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice? {
        self[name].flatMap(Choice.init(rawValue:))
    }

    var text: String {
        ([verb] + values.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    }
}

extension Duration {
    /// `3723.500s`
    var seconds: String {
        let milliseconds = wholeMilliseconds
        let digits = String(milliseconds.magnitude % 1000)
        let fraction = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        return "\(milliseconds < 0 ? "-" : "")\(milliseconds.magnitude / 1000).\(fraction)s"
    }

    init?(seconds text: String) {
        guard text.last == "s", let seconds = Double(text.dropLast()), seconds.magnitude < 1e12
        else { return nil }
        self = .milliseconds(Int64((seconds * 1000).rounded()))
    }
}
