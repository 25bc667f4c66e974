/// A text that grows up to a limit. Writing beyond it throws before the memory is taken.
struct BoundedText {
    /// The longest text that a template or one of its functions returns: longer than any useful
    /// label or annotation.
    static let maximumBytes = 64 << 10

    static let excess = TemplateError("the text is longer than \(maximumBytes) bytes")

    private(set) var text = ""
    private var remaining: Int

    init(maximumBytes: Int = maximumBytes) {
        remaining = maximumBytes
    }

    mutating func append(_ more: String) throws(TemplateError) {
        guard more.utf8.count <= remaining else { throw Self.excess }
        remaining -= more.utf8.count
        text += more
    }

    /// Appends as much as there is room for, with an ellipsis if that is not all.
    mutating func appendPrefix(of more: String) {
        guard more.utf8.count > remaining else {
            remaining -= more.utf8.count
            return text += more
        }
        for scalar in more.unicodeScalars {
            remaining -= UTF8.width(scalar)
            guard remaining >= 0 else { break }
            text.unicodeScalars.append(scalar)
        }
        remaining = 0
        text += "..."
    }
}
