import TestSupport

/// What a parser did with an input.
enum Reading {
    case accepted, refused
}

/// A property that does not hold for an input.
struct Broken: Error, Hashable, CustomStringConvertible {
    /// A short name of the property. While an input is reduced, the same property must stay broken.
    let property: String
    let detail: String

    init(_ property: String, _ detail: String) {
        self.property = property
        self.detail = detail
    }

    var description: String { "\(property): \(detail)" }
}

/// A parser with the properties that must hold for every input.
struct Target: Sendable {
    typealias Check = @Sendable ([UInt8]) async throws -> Reading

    let name: String
    /// Inserted into inputs: key words, delimiters, values at limits.
    let tokens: [String]
    var limits = Limits()
    /// The target gets one of so many inputs, because its inputs take long.
    var rarity = 1
    /// The parser runs in a process of its own, in which coverage is not measured.
    var startsProgram = false
    /// Random texts that follow the grammar of the format.
    var grammar: (@Sendable (inout SeededRandom) -> String)?
    /// Prepares what all inputs share, and returns the check. The check throws `Broken`; any other
    /// error fails the input as well.
    let prepare: @Sendable () async throws -> Check

    init(_ name: String, tokens: [String], prepare: @escaping @Sendable () async throws -> Check) {
        self.name = name
        self.tokens = tokens
        self.prepare = prepare
    }

    /// A target without anything to prepare.
    init(_ name: String, tokens: [String], check: @escaping Check) {
        self.init(name, tokens: tokens, prepare: { check })
    }

    /// What an input may cost.
    struct Limits {
        /// Processor time of any input, however short.
        var seconds = 0.05
        /// Processor time for each byte on top.
        var secondsPerByte = 20e-6
        /// Growth of the resident memory by any input.
        var megabytes = 48.0
        /// Growth for each byte on top.
        var bytesPerByte = 500.0
        /// The longest input.
        var inputBytes = 64 << 10

        func seconds(forBytes count: Int) -> Double {
            (seconds + secondsPerByte * Double(count)) * Self.slowdown
        }

        func megabytes(forBytes count: Int) -> Double {
            megabytes + bytesPerByte * Double(count) / 0x1p20
        }

        #if LIBFUZZER
        /// Measuring coverage takes time.
        private static let slowdown = 4.0
        #else
        private static let slowdown = 1.0
        #endif
    }
}

/// Messages quote the input. They must not grow with it, and must not disturb a terminal or a log.
enum Message {
    static let maximumCharacters = 4_000

    /// A message that some sink escapes before a person sees it.
    static func check(_ message: String) throws(Broken) {
        guard message.utf8.count > maximumCharacters,
            message.unicodeScalars.count > maximumCharacters
        else { return }
        throw Broken("message length", "\(message.utf8.count) bytes: \(message.prefix(120))")
    }

    /// What a person sees.
    static func checkOutput(_ output: String, maximumBytes: Int = 64 << 10) throws(Broken) {
        let raw = output.unicodeScalars.first {
            $0 != "\n" && $0.properties.generalCategory == .control
        }
        if let raw {
            throw Broken("raw control character", "U+\(String(raw.value, radix: 16)) in the output")
        }
        guard output.utf8.count > maximumBytes else { return }
        throw Broken("output length", "\(output.utf8.count) bytes")
    }
}
