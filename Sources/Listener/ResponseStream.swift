/// The body of a response while a handler produces it. The client's pace sets that of the handler,
/// so a large response needs no more memory than the part that is being written.
package struct ResponseStream: Sendable {
    let send: @Sendable ([UInt8]) async -> Bool
    let end: @Sendable (_ isComplete: Bool) -> Void

    /// Returns true once the client has room for more; false if it has left or has been too slow.
    /// Nothing more needs to be written then.
    package func write(_ bytes: [UInt8]) async -> Bool {
        guard !bytes.isEmpty else { return true }
        return await send(bytes)
    }

    func finish(_ isComplete: Bool) {
        end(isComplete)
    }
}
