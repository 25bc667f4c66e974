import GoText

// Page renders what people see in a browser: functions from the last published `Status` to HTML.
// Pure: no I/O, no clock, no request to anybody. Whatever comes from outside, such as the name of a
// graph, a reason or an answer of the cloud, passes through the interpolation of `Markup`, which
// escapes it; no other way leads from a `String` into a page.

/// A piece of HTML. Literals are taken as they are, interpolated text is escaped.
package struct Markup: Sendable, Hashable {
    package private(set) var html: String

    fileprivate init(html: String) {
        self.html = html
    }

    package static let empty = Markup(html: "")

    package var isEmpty: Bool { html.isEmpty }

    package static func + (left: Markup, right: Markup) -> Markup {
        Markup(html: left.html + right.html)
    }

    package static func += (left: inout Markup, right: Markup) {
        left.html += right.html
    }
}

extension Markup: ExpressibleByStringInterpolation {
    package init(stringLiteral value: StaticString) {
        html = value.description
    }

    package init(stringInterpolation: Interpolation) {
        html = stringInterpolation.html
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + 24 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            html += literal.description
        }

        /// One line of text from anywhere, cut at `displayedTextMaximum`.
        package mutating func appendInterpolation(_ text: String) {
            Escaping.append(text, to: &html) { $0.displayed() }
        }

        /// Text from anywhere, whole and with its line breaks.
        package mutating func appendInterpolation(whole text: String) {
            Escaping.append(text, to: &html) { $0.escapingUnsafe(except: ["\n"]) }
        }

        /// An id or a name from anywhere.
        package mutating func appendInterpolation(id text: String) {
            appendInterpolation(text.cut(atMost: String.displayedIdentifierMaximum))
        }

        package mutating func appendInterpolation(_ number: some BinaryInteger) {
            html += String(number)
        }

        package mutating func appendInterpolation(_ markup: Markup) {
            html += markup.html
        }

        package mutating func appendInterpolation(_ markup: Markup?) {
            if let markup { html += markup.html }
        }
    }
}

extension Sequence<Markup> {
    package func joined(by separator: Markup = .empty) -> Markup {
        Markup(html: map(\.html).joined(separator: separator.html))
    }
}

private enum Escaping {
    /// Appends text for the content of elements and for attributes in double quotes.
    ///
    /// - Parameter display: replaces what is unsafe to show.
    static func append(_ text: String, to html: inout String, display: (String) -> String) {
        // Most texts need nothing.
        let isPlain =
            text.utf8.count <= String.displayedTextMaximum && text.utf8.allSatisfy(isPlain)
        if isPlain {
            html += text
            return
        }
        for scalar in display(text).unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            false
        default: byte >= 0x20 && byte < 0x7F
        }
    }
}
