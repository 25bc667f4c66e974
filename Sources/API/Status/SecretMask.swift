/// Hides what may be a secret in a text that people read. The configuration has only names of
/// files, but its comments may have anything, and so may a file that is not valid.
package enum SecretMask {
    /// What Prometheus shows instead of a secret.
    private static let mask = "<secret>"

    package static func masked(_ text: String) -> String {
        // The column of the key whose value goes on in deeper lines; nil outside of one.
        var column: Int?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if let key = column {
                let indentation = line.prefix { $0 == " " || $0 == "\t" }
                if indentation.count == line.count { return String(line) }
                if indentation.count > key { return indentation + mask }
            }
            let (shown, key) = maskedValue(in: String(line))
            column = key
            return maskedUsers(in: shown)
        }
        return lines.joined(separator: "\n")
    }

    /// Hides all that follows a key such as `password` or `secret_access_key`, but not
    /// `password_file`. A mapping stays, since its own keys tell what is in it.
    ///
    /// - Returns: the line, and the column of the key; nil if nothing was hidden.
    private static func maskedValue(in line: String) -> (String, Int?) {
        let pattern =
            #/
            (?i) [\w\-]*
            (?: password | passwd | passphrase | secret | token | credential | authorization
                | private[_\-]?key | access[_\-]?key | \b sk \b )
            (?! [\w\-]* _file ) [\w\-]* ["']? \s* [:=] \s* (?= [^\s\{\#] )
            /#
        guard let match = line.firstMatch(of: pattern) else { return (line, nil) }
        let column = line.distance(from: line.startIndex, to: match.range.lowerBound)
        return (line[..<match.range.upperBound] + mask, column)
    }

    /// The user and password of a URL.
    private static func maskedUsers(in line: String) -> String {
        line.replacing(/:\/\/[^\s\/"'@]*@/) { _ in "://\(mask)@" }
    }
}
