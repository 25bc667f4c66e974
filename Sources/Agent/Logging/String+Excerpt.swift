extension String {
    /// The beginning of a text of another server, on one line.
    var excerpt: String {
        let scalars = unicodeScalars.prefix(200).map { scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
