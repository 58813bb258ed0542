import { datasetPanelTitles, type DatasetFocus, type DatasetPanelKind } from '../../protocol/dataset-panel';
import { DatasetPanel, type DatasetPanelParts } from './dataset-panel';
import { PanelSet } from './panel-set';

/** The panels that look at data sets. */
export type DatasetPanels = PanelSet<DatasetPanelKind, DatasetFocus>;

export function createDatasetPanels(parts: Omit<DatasetPanelParts, 'open'>): DatasetPanels {
  const open: DatasetPanelParts['open'] = (kind, focus) => panels.show(kind, focus);
  const panels: DatasetPanels = new PanelSet(
    datasetPanelTitles,
    (kind, panel, focus) => new DatasetPanel(kind, panel, { ...parts, open }, focus),
  );
  return panels;
}
