/// A connection taken over by a handler, like `Hijack` in Go's net/http. Only the handler writes to
/// it, and the bytes bypass the HTTP encoder. The simulator uses it to send broken responses.
package struct RawConnection: Sendable {
    let closed: Completion
    let send: @Sendable ([UInt8]) async -> Bool
    let close: @Sendable () -> Void

    /// Returns true once the bytes are written; false if the client has disconnected or the write
    /// timeout has passed.
    @discardableResult
    package func write(_ bytes: [UInt8]) async -> Bool {
        await send(bytes)
    }

    /// Returns when the connection is closed or the client has closed its sending side.
    package func waitForClose() async {
        await closed.wait()
    }
}
