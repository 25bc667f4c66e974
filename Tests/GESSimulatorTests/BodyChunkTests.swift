import Testing

@testable import GESSimulator

@Suite("A slow body")
struct BodyChunkTests {
    @Test(
        "is sent at its rate",
        arguments: [
            (5, 2, [1, 1], Duration.milliseconds(200)),
            (40, 8, [4, 4], .milliseconds(100)),
            (1, 3, [1, 1, 1], .seconds(1)),
            (0, 1, [1], .seconds(1)),
        ]
    )
    func rate(bytesPerSecond: Int, count: Int, sizes: [Int], pause: Duration) {
        let body = (0..<UInt8(count)).map { $0 }
        let chunks = BodyChunk.chunks(of: body, bytesPerSecond: bytesPerSecond)
        #expect(chunks.map(\.bytes.count) == sizes)
        #expect(chunks.flatMap(\.bytes) == body)
        #expect(chunks.allSatisfy { $0.pause == pause })
    }
}
