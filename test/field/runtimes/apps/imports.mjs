// Asks for the preload itself.
import 'faultlayer/register';
import './calls.mjs';
