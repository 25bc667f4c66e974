import Testing

@testable import Exposition

@Suite("Responses of OTLP")
struct OTLPResponseTests {
    private static func response(_ build: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1, build)
        return writer.bytes
    }

    private static let partial = response {
        $0.number(1, 300)
        $0.text(2, "out of order")
    }

    @Test("say what was not taken, and why")
    func partialSuccess() throws {
        let found = try #require(OTLPPartialSuccess(Self.partial))
        #expect(found.rejectedPoints == 300)
        #expect(found.message == "out of order")
        let warning = OTLPPartialSuccess(Self.response { $0.text(2, "deprecated") })
        #expect(warning?.rejectedPoints == 0 && warning?.message == "deprecated")
    }

    @Test("say nothing when everything was taken")
    func taken() {
        #expect(OTLPPartialSuccess([]) == nil)
        #expect(OTLPPartialSuccess(Self.response { _ in }) == nil)
        // An int64 that is negative.
        #expect(OTLPPartialSuccess(Self.response { $0.number(1, UInt64(bitPattern: -1)) }) == nil)
    }

    @Test("may have fields that are not known")
    func unknownFields() {
        var writer = ProtobufWriter()
        writer.number(7, 5)
        writer.text(8, "later")
        writer.presentDouble(9, 1)
        writer.message(1) {
            $0.number(4, 1)
            $0.number(1, 2)
            $0.presentDouble(5, 1)
        }
        #expect(OTLPPartialSuccess(writer.bytes)?.rejectedPoints == 2)
    }

    @Test("may be anything at all")
    func hostile() {
        for length in Self.partial.indices where length > 0 {
            #expect(OTLPPartialSuccess(Array(Self.partial.prefix(length))) == nil)
        }
        let broken: [[UInt8]] = [
            Array("<html>not found</html>".utf8), Array("{}".utf8), [0x0A], [0x0A, 0xFF],
            // A length beyond every integer, a number that never ends, field 0, a group.
            [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01],
            [0x08] + [UInt8](repeating: 0x80, count: 20), [0x00, 0x00], [0x0B, 0x0C],
            [0x09, 1, 2], [0x0D, 1],
        ]
        for body in broken { #expect(OTLPPartialSuccess(body) == nil, "\(body)") }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var body = Self.partial
            for _ in 0..<3 {
                body[Int.random(in: body.indices, using: &random)] = .random(
                    in: 0...255,
                    using: &random
                )
            }
            if let found = OTLPPartialSuccess(body) {
                #expect(found.rejectedPoints <= UInt64(Int64.max))
                #expect(found.message.utf8.count <= 3 * body.count)
            }
        }
    }
}
