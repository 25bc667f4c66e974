import GoText

/// A token of the source of a template.
struct TemplateToken: Hashable {
    enum Kind: Hashable {
        case text, leftDelimiter, rightDelimiter, space
        case identifier, field, variable, dot
        case string, number, character
        case declare, assign, pipe, comma, leftParenthesis, rightParenthesis
        case other, end
    }

    let kind: Kind
    /// As written, except for a string, which is unquoted.
    let text: String
    /// As written.
    let source: String
    let line: Int
    /// In Unicode scalars from the start of the template.
    let offset: Int

    /// As the error messages of Go show it.
    var description: String {
        switch kind {
        case .end: "EOF"
        case .dot: "<.>"
        case .identifier where TemplateParser.keywords.contains(text): "<\(text)>"
        default:
            source.unicodeScalars.count > 10
                ? String(source.unicodeScalars.prefix(10)).goQuoted + "..." : source.goQuoted
        }
    }
}

/// Splits a template into tokens and drops comments and the white space at trim markers.
struct TemplateLexer {
    private let scalars: [Unicode.Scalar]
    private let name: String
    private var position = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    private var openParentheses = 0
    private var trimsNextText = false
    /// Where the token that is being scanned starts.
    private var tokenStart = 0

    static func tokens(of text: String, name: String) throws(TemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(text: text, name: name)
        while lexer.position < lexer.scalars.count {
            try lexer.scanText()
        }
        lexer.tokenStart = lexer.position
        lexer.append(.end, "")
        return lexer.tokens
    }

    private init(text: String, name: String) {
        scalars = Array(text.unicodeScalars)
        self.name = name
    }

    // MARK: Outside actions

    private mutating func scanText() throws(TemplateError) {
        let start = position
        let firstLine = line
        while position < scalars.count, !starts(with: "{{") { skip(1) }
        var slice = scalars[start..<position]
        let trimsThisEnd = position < scalars.count && hasTrimMarker(afterDelimiterAt: position)
        if trimsNextText { slice = slice.drop(while: Self.isSpace) }
        if trimsThisEnd {
            while let last = slice.last, Self.isSpace(last) { slice.removeLast() }
        }
        trimsNextText = false
        if !slice.isEmpty {
            let text = String(slice)
            tokens.append(
                TemplateToken(
                    kind: .text,
                    text: text,
                    source: text,
                    line: firstLine,
                    offset: start
                )
            )
        }
        guard position < scalars.count else { return }
        position += 2
        if trimsThisEnd { skip(2) }
        if try !skippedComment() { try scanAction() }
    }

    /// `{{- ` and `{{-\n`, but not `{{-3}}`.
    private func hasTrimMarker(afterDelimiterAt start: Int) -> Bool {
        scalar(at: start + 2) == "-" && scalar(at: start + 3).map(Self.isSpace) == true
    }

    private mutating func skippedComment() throws(TemplateError) -> Bool {
        guard starts(with: "/*") else { return false }
        var end = position + 2
        while end < scalars.count, !starts(with: "*/", at: end) { end += 1 }
        guard end < scalars.count else { throw error("unclosed comment") }
        skip(end + 2 - position)
        guard closeAction() else { throw error("comment ends before closing delimiter") }
        return true
    }

    // MARK: Inside actions

    private mutating func scanAction() throws(TemplateError) {
        tokenStart = position
        append(.leftDelimiter, "{{")
        openParentheses = 0
        while true {
            if closeAction() {
                guard openParentheses == 0 else { throw error("unclosed left paren") }
                append(.rightDelimiter, "}}", written: "}}")
                return
            }
            guard let next = scalar(at: position) else { throw error("unclosed action") }
            try scanToken(next)
        }
    }

    private mutating func closeAction() -> Bool {
        tokenStart = position
        if let next = scalar(at: position), Self.isSpace(next),
            starts(with: "-}}", at: position + 1)
        {
            skip(4)
            trimsNextText = true
            return true
        }
        guard starts(with: "}}") else { return false }
        position += 2
        return true
    }

    private mutating func scanToken(_ next: Unicode.Scalar) throws(TemplateError) {
        tokenStart = position
        switch next {
        case _ where Self.isSpace(next): scanSpace()
        case "\"": try scanQuoted()
        case "`": try scanRaw()
        case "'": try scanCharacter()
        case "$", ".": try scanVariableOrField(next)
        case "0"..."9", "+", "-": try scanNumber()
        case _ where Self.isAlphanumeric(next): try scanIdentifier()
        default: try scanPunctuation(next)
        }
    }

    private mutating func scanSpace() {
        append(.space, " ")
        while let next = scalar(at: position), Self.isSpace(next),
            !starts(with: "-}}", at: position + 1)
        {
            skip(1)
        }
    }

    private mutating func scanVariableOrField(_ first: Unicode.Scalar) throws(TemplateError) {
        let follower = scalar(at: position + 1)
        if first == ".", let follower, "0"..."9" ~= follower { return try scanNumber() }
        let start = position
        position += 1
        while let next = scalar(at: position), Self.isAlphanumeric(next) { position += 1 }
        let text = String(scalars[start..<position])
        try checkTerminator()
        append(first == "$" ? .variable : text == "." ? .dot : .field, text)
    }

    private mutating func scanIdentifier() throws(TemplateError) {
        let start = position
        while let next = scalar(at: position), Self.isAlphanumeric(next) { position += 1 }
        try checkTerminator()
        append(.identifier, String(scalars[start..<position]))
    }

    private mutating func scanNumber() throws(TemplateError) {
        let start = position
        position += 1
        while let next = scalar(at: position) {
            let isExponentSign =
                (next == "+" || next == "-")
                && ["e", "E", "p", "P"].contains(scalars[position - 1])
            guard Self.isAlphanumeric(next) || next == "." || isExponentSign else { break }
            position += 1
        }
        append(.number, String(scalars[start..<position]))
    }

    private mutating func scanPunctuation(_ next: Unicode.Scalar) throws(TemplateError) {
        position += 1
        switch next {
        case ":":
            guard scalar(at: position) == "=" else { throw error("expected :=") }
            position += 1
            append(.declare, ":=")
        case "=": append(.assign, "=")
        case "|": append(.pipe, "|")
        case ",": append(.comma, ",")
        case "(":
            openParentheses += 1
            append(.leftParenthesis, "(")
        case ")":
            guard openParentheses > 0 else { throw error("unexpected right paren") }
            openParentheses -= 1
            append(.rightParenthesis, ")")
        case " "..."~": append(.other, String(next))
        default: throw error("unrecognized character in action: \(Self.name(of: next))")
        }
    }

    /// Refuses what may not directly follow a name, such as the hyphen of `$labels.my-label`.
    private func checkTerminator() throws(TemplateError) {
        guard let next = scalar(at: position), !Self.isSpace(next), !starts(with: "}}") else {
            return
        }
        let terminators: Set<Unicode.Scalar> = [".", ",", "|", ":", ")", "("]
        guard terminators.contains(next) else {
            throw error("bad character \(Self.name(of: next))")
        }
    }

    // MARK: Quoted text

    private mutating func scanRaw() throws(TemplateError) {
        let start = position + 1
        var end = start
        while end < scalars.count, scalars[end] != "`" { end += 1 }
        guard end < scalars.count else { throw error("unterminated raw quoted string") }
        let written = String(scalars[position...end])
        append(.string, String(scalars[start..<end]), written: written)
        skip(end + 1 - position)
    }

    private mutating func scanQuoted() throws(TemplateError) {
        let slice = try scanToEnd(of: "\"", "unterminated quoted string")
        guard let text = GoLiteral.unescape(slice, quote: "\"") else {
            throw error("invalid syntax")
        }
        append(.string, text)
    }

    private mutating func scanCharacter() throws(TemplateError) {
        let slice = try scanToEnd(of: "'", "unterminated character constant")
        let text = GoLiteral.unescape(slice, quote: "'") ?? ""
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw error("malformed character constant: '\(String(slice))'")
        }
        append(.character, String(scalar))
    }

    private mutating func scanToEnd(
        of quote: Unicode.Scalar,
        _ problem: String
    ) throws(TemplateError) -> ArraySlice<Unicode.Scalar> {
        let start = position + 1
        var end = start
        while let next = scalar(at: end), next != quote, next != "\n" {
            end += next == "\\" ? 2 : 1
        }
        guard scalar(at: end) == quote else { throw error(problem) }
        position = end + 1
        return scalars[start..<end]
    }

    // MARK: Characters

    /// Advances by `count` scalars and counts the lines.
    private mutating func skip(_ count: Int) {
        let end = min(position + count, scalars.count)
        line += scalars[position..<end].count { $0 == "\n" }
        position = end
    }

    private mutating func append(
        _ kind: TemplateToken.Kind,
        _ text: String,
        written: String? = nil
    ) {
        tokens.append(
            TemplateToken(
                kind: kind,
                text: text,
                source: written ?? String(scalars[tokenStart..<position]),
                line: line,
                offset: tokenStart
            )
        )
    }

    private func error(_ message: String) -> TemplateError {
        TemplateError(name: name, line: line, message)
    }

    private func scalar(at index: Int) -> Unicode.Scalar? {
        scalars.indices.contains(index) ? scalars[index] : nil
    }

    private func starts(with text: String, at start: Int? = nil) -> Bool {
        let slice = scalars[min(start ?? position, scalars.count)...]
        return slice.starts(with: text.unicodeScalars)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    /// `U+002D '-'`
    private static func name(of scalar: Unicode.Scalar) -> String {
        let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
        let padding = String(repeating: "0", count: max(0, 4 - hexadecimal.count))
        return "U+\(padding)\(hexadecimal) '\(scalar)'"
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        self = String(String.UnicodeScalarView(scalars))
    }
}
