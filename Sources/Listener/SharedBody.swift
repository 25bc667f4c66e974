import NIOCore

/// A body that many responses share, such as a page that is rendered once for all who ask. It is
/// kept in the form in which it is sent, so that a response copies nothing.
package struct SharedBody: Sendable, Hashable {
    let buffer: ByteBuffer

    package init(_ bytes: [UInt8]) {
        buffer = ByteBuffer(bytes: bytes)
    }

    package var count: Int { buffer.readableBytes }

    package var bytes: [UInt8] { Array(buffer.readableBytesView) }
}
