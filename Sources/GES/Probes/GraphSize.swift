/// How many vertices and edges a graph has, as far as it tells.
package struct GraphSize: Hashable, Sendable {
    package var vertices: Int64?
    package var edges: Int64?

    /// Nil if neither is known. A negative number is none.
    package init?(vertices: Int64?, edges: Int64?) {
        self.vertices = vertices.flatMap { $0 >= 0 ? $0 : nil }
        self.edges = edges.flatMap { $0 >= 0 ? $0 : nil }
        if self.vertices == nil, self.edges == nil { return nil }
    }
}
