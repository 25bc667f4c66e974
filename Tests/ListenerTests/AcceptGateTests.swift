import NIOCore
import NIOEmbedded
import Testing

@testable import Listener

@Suite("When accepting fails")
struct AcceptGateTests {
    private struct OutOfDescriptors: Error {}

    @Test("the server pauses for half a second, however many errors come, and then accepts again")
    func pause() async throws {
        let core = ServerCore(configuration: HTTPServerConfiguration(), router: Router([]))
        let listener = NIOAsyncTestingChannel()
        let loop = listener.testingEventLoop
        try await loop.executeInContext {
            try listener.pipeline.syncOperations.addHandler(
                AcceptGate(core: core, table: ConnectionTable(core: core))
            )
        }
        func accepts() -> Bool? {
            let autoRead = listener.options.first {
                $0.option is ChannelOptions.Types.AutoReadOption
            }
            return autoRead?.value as? Bool
        }
        for _ in 0..<3 {
            try await loop.executeInContext {
                listener.pipeline.fireErrorCaught(OutOfDescriptors())
            }
        }
        #expect(core.statistics.acceptErrors == 3)
        #expect(accepts() == false)
        await loop.advanceTime(by: .milliseconds(499))
        #expect(accepts() == false)
        await loop.advanceTime(by: .milliseconds(1))
        #expect(accepts() == true)
    }
}
