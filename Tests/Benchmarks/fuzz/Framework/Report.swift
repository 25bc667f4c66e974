import Foundation

/// What a worker reports, one JSON document a line.
enum WorkerReport: Codable {
    case failure(Failure)
    case tally(Tally)

    func write() throws {
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(self) + [0x0A])
    }
}

/// An input that breaks a property, reduced.
struct Failure: Codable {
    let number: Int
    let input: [UInt8]
    let property: String
    let detail: String

    /// - Parameter place: what repeats the failure.
    func text(_ place: String) -> String {
        "\(place): \(property): \(detail)\n    \(Self.literal(input))"
    }

    /// A literal for C, Go and Python, of printable ASCII characters alone.
    static func literal(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(maximumShown).map { byte in
            switch byte {
            case UInt8(ascii: "\n"): "\\n"
            case UInt8(ascii: "\r"): "\\r"
            case UInt8(ascii: "\t"): "\\t"
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\\(Character(Unicode.Scalar(byte)))"
            case 0x20...0x7E: String(Unicode.Scalar(byte))
            default: "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
        }
        let rest = bytes.count - shown.count
        return "\"\(shown.joined())\"" + (rest > 0 ? " and \(rest) bytes" : "")
    }

    private static let maximumShown = 400
}

/// The figures of a target.
struct Tally: Codable {
    var inputs = 0
    var accepted = 0
    var seconds = 0.0
    var slowest = 0.0
    /// The largest share that an input took of its time limit.
    var load = 0.0
    var megabytes = 0.0

    mutating func add(_ other: Tally) {
        inputs += other.inputs
        accepted += other.accepted
        seconds += other.seconds
        slowest = max(slowest, other.slowest)
        load = max(load, other.load)
        megabytes = max(megabytes, other.megabytes)
    }
}
