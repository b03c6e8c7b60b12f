// What any preload costs: to be found, read and run.
