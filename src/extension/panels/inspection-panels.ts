import { inspectionPanelTitles, type PanelFocus, type InspectionPanelKind } from '../../protocol/inspection-panel';
import { InspectionPanel, type InspectionPanelParts } from './inspection-panel';
import { PanelSet } from './panel-set';

/** The panels that look into models. */
export type InspectionPanels = PanelSet<InspectionPanelKind, PanelFocus>;

export function createInspectionPanels(parts: Omit<InspectionPanelParts, 'open'>): InspectionPanels {
  const open: InspectionPanelParts['open'] = (kind, focus) => panels.show(kind, focus);
  const panels: InspectionPanels = new PanelSet(
    inspectionPanelTitles,
    (kind, panel, focus) => new InspectionPanel(kind, panel, { ...parts, open }, focus),
  );
  return panels;
}
