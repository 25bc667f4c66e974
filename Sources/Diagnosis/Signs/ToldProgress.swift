package import Time

/// What a recording says of the work of a graph: the words of its readings, in place of the ids and
/// the progress that they came from.
package struct ToldProgress: Hashable, Sendable {
    package struct Sign: Hashable, Sendable {
        /// `advancing`, `still` or `cannotTell`.
        package var word = Word.cannotTell
        /// The same of the work of the operation that the status shows.
        package var operation = Word.cannotTell
        /// When it was last seen to advance, also between two readings of the recording.
        package var advancedAt: Timestamp?

        package init() {}
    }

    package var tasks = Sign()
    package var queries = Sign()
    package var jobs = Sign()

    package init() {}
}
