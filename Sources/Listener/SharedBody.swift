import NIOCore

/// A body that many responses share, such as a page that is rendered once for all who ask. It is
/// kept in the form in which it is sent, so that a response copies nothing.
package struct SharedBody: Sendable, Hashable {
    private final class Identity: Sendable {}

    let buffer: ByteBuffer
    private let identity = Identity()

    /// The same for all copies, whose memory is one.
    var identifier: ObjectIdentifier { ObjectIdentifier(identity) }

    package init(_ bytes: [UInt8]) {
        buffer = ByteBuffer(bytes: bytes)
    }

    package var count: Int { buffer.readableBytes }

    package var bytes: [UInt8] { Array(buffer.readableBytesView) }

    package static func == (left: SharedBody, right: SharedBody) -> Bool {
        left.buffer == right.buffer
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(buffer)
    }
}
