/// The files that pages refer to. The content security policy forbids inline styles and scripts.
package enum PageAsset {
    package static let style = PackageResources.style_css
    package static let script = PackageResources.page_js
    package static let icon = PackageResources.favicon_svg
}
