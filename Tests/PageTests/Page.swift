/// A page as a browser reads it, parsed strictly: every element is closed, every attribute quoted.
struct Page {
    struct Element: Hashable {
        let name: String
        let attributes: [String: String]
        /// The elements around it, outermost first.
        let around: [String]
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let html: String
    private(set) var elements: [Element] = []
    /// What is shown, without tags.
    private(set) var text = ""

    private static let empty: Set = ["meta", "link", "input", "br", "hr", "img"]

    init(_ html: String, of target: String) throws {
        self.html = html
        var open: [String] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            text += Self.decoded(rest[..<start])
            guard let end = rest[start...].firstIndex(of: ">") else {
                throw Malformed(description: "\(target): a tag without an end")
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!DOCTYPE") { continue }
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                guard open.popLast() == name else {
                    throw Malformed(description: "\(target): </\(name)> closes nothing: \(open)")
                }
                continue
            }
            let element = try Self.element(tag, open, target)
            elements.append(element)
            if !Self.empty.contains(element.name), !tag.hasSuffix("/") { open.append(element.name) }
        }
        text += Self.decoded(rest)
        guard open.isEmpty else { throw Malformed(description: "\(target): \(open) not closed") }
    }

    private static func element(
        _ tag: Substring,
        _ open: [String],
        _ target: String
    ) throws -> Element {
        let name = tag.prefix { $0.isLetter || $0.isNumber }
        var rest = tag.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            if rest.isEmpty { break }
            let key = rest.prefix { $0.isLetter || $0 == "-" }
            rest = rest.dropFirst(key.count)
            guard !key.isEmpty, attributes[String(key)] == nil else {
                throw Malformed(description: "\(target): bad attribute in <\(tag)>")
            }
            guard rest.first == "=" else {
                attributes[String(key)] = ""
                continue
            }
            rest = rest.dropFirst()
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                throw Malformed(description: "\(target): unquoted attribute in <\(tag)>")
            }
            attributes[String(key)] = decoded(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        return Element(name: String(name), attributes: attributes, around: open)
    }

    /// - Precondition: `&` only begins one of the references that the pages write.
    private static func decoded(_ text: Substring) -> String {
        let parts = text.split(separator: "&", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts.first ?? "")) { decoded, part in
            let reference = part.prefix { $0 != ";" }
            let characters = [
                "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "#9680": "\u{25D0}",
            ]
            let character = characters[String(reference)] ?? "&\(reference);"
            return decoded + character + part.dropFirst(reference.count + 1)
        }
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    /// The targets of links, forms and files, without fragments, resolved against this page.
    func links(from target: String) -> [String] {
        elements.compactMap { $0.attributes["href"] ?? $0.attributes["action"] }
            .filter { !$0.hasPrefix("#") }
            .map { Self.resolved($0, against: target) }
    }

    private static func resolved(_ link: String, against target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var folders = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var rest = Substring(link.prefix { $0 != "#" })
        while rest.hasPrefix("../") || rest.hasPrefix("./") {
            if rest.hasPrefix("../") { folders = folders.dropLast() }
            rest = rest.drop { $0 != "/" }.dropFirst()
        }
        return (folders + [rest]).joined(separator: "/")
    }
}
