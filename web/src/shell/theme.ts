import { createTheme, localStorageColorSchemeManager, Modal, Drawer, Tooltip } from "@mantine/core";

// Mantine's parts take their colours and fonts from ui/tokens.css. Nothing may write a <style> element: the content
// security policy forbids it, which is why dialogs do not lock the page's scrolling (the page itself never scrolls).
export const theme = createTheme({
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 6,
  cursorType: "pointer",
  components: {
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, overlayProps: { backgroundOpacity: 0.4 } },
    }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, overlayProps: { backgroundOpacity: 0.2 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false } }),
  },
});

// The same place that public/first.js reads before the first paint.
export const schemeManager = localStorageColorSchemeManager({ key: "cadastre-theme" });
