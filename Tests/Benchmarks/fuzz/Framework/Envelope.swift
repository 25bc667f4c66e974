/// An input of several parts: a line of words, which choose what is read, and the rest.
struct Envelope {
    let words: [String]
    let rest: [UInt8]

    init(_ input: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let line = input.prefix { $0 != newline }
        words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        rest = Array(input.dropFirst(line.count + 1))
    }

    /// What a word chooses: the choice that it names, or any if a mutation has changed it.
    func choice<Choice>(_ index: Int, of choices: KeyValuePairs<String, Choice>) -> Choice {
        let word = words.count > index ? words[index] : ""
        let named = choices.first { $0.key == word }
        let sum = word.utf8.reduce(0) { $0 &+ Int($1) }
        return (named ?? choices[choices.startIndex + sum % choices.count]).value
    }
}

/// An HTTP answer as an input: what was asked for and the status, the header fields, the body.
struct AnswerInput {
    let envelope: Envelope
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ input: [UInt8]) {
        envelope = Envelope(input)
        let status = envelope.words.count > 1 ? Int(envelope.words[1]) ?? 200 : 200
        self.status = (200...999).contains(status) ? status : 200
        var rest = envelope.rest[...]
        var headers: [(String, String)] = []
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            guard !line.isEmpty else { break }
            // A transport delivers no control characters within a field.
            let text = String(decoding: line.filter { $0 >= 0x20 || $0 == 0x09 }, as: UTF8.self)
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { headers.append((parts[0], parts[1])) }
        }
        self.headers = headers
        body = Array(rest)
    }
}
