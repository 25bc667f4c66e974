import Testing

@testable import Exposition

/// The integration tests decode requests with the protocol's own classes; these tests are about how
/// they are divided.
@Suite("Requests of OTLP")
struct OTLPFormatTests {
    private static let source = OTLPFormat.Source(
        attributes: [("service.name", "graphwarden")],
        version: "1",
        startNanoseconds: 1,
        nanoseconds: 2
    )

    @Test("hold no more points than a receiver takes, and every point once")
    func division() {
        let families = fleet(graphs: 7)
        let whole = OTLPFormat.encode(families, Self.source)
        #expect(whole.count == 1)
        for limit in 1...40 {
            let requests = OTLPFormat.encode(families, Self.source, maximumPoints: limit)
            #expect(requests.count == (35 + limit - 1) / limit)
            // Each point is written in the same way wherever it stands.
            for id in (0..<7).map({ "\(100_000_000_000 + $0)" }) {
                let count = requests.reduce(0) { $0 + Self.occurrences(of: id, in: $1) }
                #expect(count == Self.occurrences(of: id, in: whole[0]))
            }
        }
    }

    @Test("are none without samples")
    func empty() {
        #expect(OTLPFormat.encode([], Self.source).isEmpty)
        #expect(OTLPFormat.encode(everyKind.filter(\.samples.isEmpty), Self.source).isEmpty)
    }

    @Test("name a counter without its suffix, and give units of UCUM")
    func names() {
        let bytes = OTLPFormat.encode(everyKind, Self.source).flatMap { $0 }
        #expect(Self.occurrences(of: "graphwarden_api_requests_total", in: bytes) == 0)
        #expect(Self.occurrences(of: "graphwarden_api_requests", in: bytes) == 1)
        #expect(Self.occurrences(of: "ges_graph_info", in: bytes) == 1)
        #expect(Self.occurrences(of: "\u{1A}\u{01}s", in: bytes) == 2)
    }

    private static func occurrences(of text: String, in bytes: [UInt8]) -> Int {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return 0 }
        return (0...(bytes.count - wanted.count)).count { start in
            bytes[start..<(start + wanted.count)].elementsEqual(wanted)
        }
    }
}
