/// A connection that a handler has taken over, as `Hijack` does in Go's net/http: nothing is sent on it
/// but what the handler writes, and past the encoder, so that it can be anything.
package struct RawConnection: Sendable {
    let closed: Completion
    let send: @Sendable ([UInt8]) async -> Bool
    let close: @Sendable () -> Void

    /// Returns when the client has taken the bytes; false when it has left or does not take them in
    /// time.
    @discardableResult
    package func write(_ bytes: [UInt8]) async -> Bool {
        await send(bytes)
    }

    /// Returns when the client has left or will send nothing more, or when the server stops.
    package func waitForClose() async {
        await closed.wait()
    }
}
