import RE2
import URI

extension TemplateCall {
    /// The functions that return a string.
    func text() throws(TemplateError) -> String {
        switch function {
        case .title: title(try string(0))
        case .toUpper: try string(0).uppercased()
        case .toLower: try string(0).lowercased()
        case .reReplaceAll: try replacement()
        case .safeHtml: try string(0)
        case .stripPort: stripPort(try string(0))
        case .stripDomain: stripDomain(try string(0))
        case .graphLink: "/graph?g0.expr=\(FormEncoding.encode(try string(0)))&g0.tab=0"
        case .tableLink: "/graph?g0.expr=\(FormEncoding.encode(try string(0)))&g0.tab=1"
        case .urlQueryEscape: FormEncoding.encode(try string(0))
        case .externalURL: data.externalURL
        case .pathPrefix: path(of: data.externalURL)
        default: throw TemplateError("not a function of text")
        }
    }

    private func replacement() throws(TemplateError) -> String {
        let text = try requiredPattern(0).replacingAll(
            in: try string(2),
            with: ReplacementTemplate(try string(1)),
            maximumBytes: BoundedText.maximumBytes
        )
        guard let text else { throw BoundedText.excess }
        return text
    }

    /// The steps that matching a regular expression takes beside those for the length of the
    /// arguments. Wrong arguments take none: they are an error of the call.
    var matchingSteps: Int {
        guard function == .match || function == .reReplaceAll,
            let pattern = try? pattern(0),
            let text = try? string(function == .match ? 1 : 2)
        else { return 0 }
        let bytes = text.utf8.count
        // For each match the rest of the text may be searched to its end.
        let searches = function == .match ? 1 : 1 + bytes / 256
        let (steps, isOverflow) = (pattern.instructionCount * (bytes + 1) / 16)
            .multipliedReportingOverflow(by: searches)
        return isOverflow ? TemplateBudget.maximumSteps + 1 : steps
    }

    /// An argument as a regular expression, which may match anywhere in a text.
    func pattern(_ index: Int) throws(TemplateError) -> RegularExpression {
        let source = try string(index)
        do throws(RegularExpressionError) {
            return try RegularExpression(source)
        } catch {
            throw TemplateError(error.description)
        }
    }

    /// Like `pattern`, with the message of Go's `MustCompile`.
    private func requiredPattern(_ index: Int) throws(TemplateError) -> RegularExpression {
        do throws(TemplateError) {
            return try pattern(index)
        } catch {
            throw TemplateError("regexp: Compile(`\(try string(index))`): \(error)")
        }
    }

    /// Go's `strings.Title`: the first letter of each word in title case. An apostrophe separates
    /// words.
    private func title(_ text: String) -> String {
        var result = ""
        var isInsideWord = false
        for scalar in text.unicodeScalars {
            result += isInsideWord ? String(scalar) : scalar.properties.titlecaseMapping
            isInsideWord =
                scalar == "_" || scalar.properties.isAlphabetic
                || scalar.properties.numericType != nil
                || !scalar.isASCII && !scalar.properties.isWhitespace
        }
        return result
    }

    private func stripPort(_ text: String) -> String {
        HostPort(text)?.host ?? text
    }

    private func stripDomain(_ text: String) -> String {
        let parts = HostPort(text)
        let host = parts?.host ?? text
        if HostPort.isAddress(host) { return text }
        let short = String(host.prefix { $0 != "." })
        guard let port = parts?.port, !port.isEmpty else { return short }
        return "\(short):\(port)"
    }

    private func path(of url: String) -> String {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        guard let slash = rest.firstIndex(of: "/") else { return "" }
        return String(rest[slash...].prefix { $0 != "?" && $0 != "#" })
    }
}

/// `host:port` or `[address]:port`, split like Go's `net.SplitHostPort`.
private struct HostPort {
    let host: String
    let port: String

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        port = String(text[text.index(after: colon)...])
        let front = text[..<colon]
        if front.hasPrefix("["), front.hasSuffix("]") {
            host = String(front.dropFirst().dropLast())
        } else {
            host = String(front)
            guard !front.contains(":") else { return nil }
        }
        guard !host.contains("["), !host.contains("]"), !port.contains("]") else { return nil }
    }

    /// Whether the host is an IPv4 address, or looks like an IPv6 address.
    static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return host.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
            }
    }
}
